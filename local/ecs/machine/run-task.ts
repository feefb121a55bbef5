/** RunTask: what it checks, what its client token promises, what it makes. */
import { findDefinition } from './definitions.ts';
import { clientFault, EcsError, invalid } from './errors.ts';
import type { RunTask } from './requests.ts';
import type { Definition, EcsState, Failure, TaskRecord, Token } from './state.ts';

/** documented: characters of the overrides, JSON's own included */
const maxOverrides = 8192;
const hour = 3_600_000;

/** @throws as RunTask does for a request that can't be run */
export const checkRunTask = (state: EcsState, request: RunTask): Definition => {
	const definition = findDefinition(state, request.taskDefinition);
	if (!definition) throw clientFault('TaskDefinition not found.');
	if (definition.status !== 'ACTIVE') throw clientFault('TaskDefinition is inactive');
	if (request.launchType !== undefined && request.capacityProviderStrategy !== undefined)
		throw invalid('Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.');
	if (request.launchType !== 'FARGATE') throw invalid('The local ECS covers launchType FARGATE only.');
	if (!request.networkConfiguration) throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
	if (request.overrides && JSON.stringify(request.overrides).length > maxOverrides)
		throw invalid(`Container Overrides length must be at most ${maxOverrides}`);
	for (const override of request.overrides?.containerOverrides ?? [])
		if (!definition.spec.containerDefinitions.some((one) => one.name === override.name))
			throw invalid(`Override for container named ${override.name} is not a container in the TaskDefinition.`);
	return definition;
};

/** Documented: a token is good for 24 hours, or until an hour after its task's end if that is sooner. */
const isOver = (state: EcsState, token: Token, now: number): boolean => {
	if (now - token.at > 24 * hour) return true;
	const tasks = token.tasks.map((arn) => state.tasks.find((task) => task.arn === arn));
	// a task that is forgotten ended over an hour ago
	return tasks.length > 0 && tasks.every((task) => !task || (task.stoppedAt !== undefined && now - task.stoppedAt > hour));
};

export const forgetTokens = (state: EcsState, now: number): void => {
	state.tokens = state.tokens.filter((token) => !isOver(state, token, now));
};

const canonical = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(canonical);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, one]) => [key, canonical(one)]),
	);
};

const textOf = ({ clientToken: _token, ...request }: RunTask): string => JSON.stringify(canonical(request));

/**
 * What the same token was answered before.
 * @throws ConflictException when it was given with other parameters
 */
export const earlierAnswer = (state: EcsState, request: RunTask, cluster: string): Token | undefined => {
	const earlier = state.tokens.find((one) => one.token === request.clientToken && one.cluster === cluster);
	if (earlier && earlier.request !== textOf(request))
		throw new EcsError('ConflictException', 'The request uses the same client token as a previous, but non-identical request.', {
			resourceIds: earlier.tasks,
		});
	return earlier;
};

/** Documented: failures are kept under the token too, and answered again. */
export const rememberToken = (state: EcsState, request: RunTask, cluster: string, tasks: string[], failures: Failure[], now: number): void => {
	if (request.clientToken !== undefined)
		state.tokens.push({ cluster, token: request.clientToken, request: textOf(request), at: now, tasks, failures });
};

export interface NewTask {
	region: string;
	account: string;
	/** 32 hexadecimal digits, another each time */
	newId(): string;
}

/** @param cluster its ARN */
export const makeTask = (request: RunTask, definition: Definition, cluster: string, dueAt: number, now: number, options: NewTask): TaskRecord => {
	const id = options.newId();
	const path = `${cluster.split('/').at(-1)}/${id}`;
	const arn = (kind: string, rest: string): string => `arn:aws:ecs:${options.region}:${options.account}:${kind}/${rest}`;
	const network = request.networkConfiguration?.awsvpcConfiguration;
	return {
		id,
		arn: arn('task', path),
		cluster,
		definition: definition.arn,
		family: definition.family,
		group: request.group ?? `family:${definition.family}`,
		...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
		overrides: request.overrides ?? {},
		subnet: network?.subnets[0] ?? '',
		publicIp: network?.assignPublicIp === 'ENABLED',
		tags: [...(request.propagateTags === 'TASK_DEFINITION' ? definition.tags : []), ...(request.tags ?? [])],
		cpu: request.overrides?.cpu ?? definition.spec.cpu ?? '',
		memory: request.overrides?.memory ?? definition.spec.memory ?? '',
		lastStatus: 'PROVISIONING',
		desiredStatus: 'RUNNING',
		version: 1,
		containers: definition.spec.containerDefinitions.map((one) => ({
			name: one.name,
			arn: arn('container', `${path}/${options.newId()}`),
			runtimeId: `${id}-${options.newId().slice(0, 10)}`,
			image: one.image,
			lastStatus: 'PENDING',
		})),
		createdAt: now,
		dueAt,
	};
};
