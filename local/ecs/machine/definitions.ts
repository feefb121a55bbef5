/** Task definitions: registered, described, made inactive, deleted. */
import { clientFault, invalid } from './errors.ts';
import type { ContainerDefinition, RegisterTaskDefinition } from './requests.ts';
import type { Definition, EcsState, Tag } from './state.ts';

/** MiB by CPU units. Documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const memoryOf: Readonly<Record<string, readonly number[]>> = (() => {
	const steps = (from: number, to: number, step: number): number[] =>
		Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * 1024);
	return {
		'256': [512, 1024, 2048],
		'512': steps(1, 4, 1),
		'1024': steps(2, 8, 1),
		'2048': steps(4, 16, 1),
		'4096': steps(8, 30, 1),
		'8192': steps(16, 60, 4),
		'16384': steps(32, 120, 8),
	};
})();

/** Checks that Fargate makes, in AWS's words where they are known. */
const check = (spec: RegisterTaskDefinition): void => {
	if (!spec.requiresCompatibilities?.includes('FARGATE'))
		throw clientFault("The local ECS covers task definitions with requiresCompatibilities ['FARGATE'] only.");
	if (spec.networkMode !== 'awsvpc') throw clientFault('Fargate only supports network mode ‘awsvpc’.');
	if (spec.cpu === undefined || !memoryOf[spec.cpu]?.includes(Number(spec.memory)))
		throw clientFault(`No Fargate configuration exists for given values: ${spec.cpu} CPU, ${spec.memory} memory.`);
	const volumes = new Set<string>();
	for (const { name, efsVolumeConfiguration: efs } of spec.volumes ?? []) {
		if (volumes.has(name)) throw clientFault(`Volume name '${name}' is used twice.`);
		volumes.add(name);
		const { accessPointId, iam } = efs.authorizationConfig ?? {};
		if ((accessPointId !== undefined || iam === 'ENABLED') && efs.transitEncryption !== 'ENABLED')
			throw clientFault('EFS authorization needs transitEncryption to be ENABLED.');
		if (accessPointId === undefined) throw clientFault('The local ECS covers EFS volumes with an access point only.');
		if (efs.rootDirectory !== undefined && efs.rootDirectory !== '/')
			throw clientFault("With an access point, rootDirectory must be omitted or '/'.");
		if (iam === 'ENABLED' && spec.taskRoleArn === undefined) throw clientFault('EFS IAM authorization needs a task role.');
	}
	for (const container of spec.containerDefinitions) {
		if (container.essential === false) throw invalid('At least one container must be essential.');
		for (const point of container.mountPoints ?? [])
			if (!volumes.has(point.sourceVolume)) throw clientFault(`Unknown volume '${point.sourceVolume}'.`);
	}
};

/** A container definition as ECS gives it back. */
const described = (container: ContainerDefinition): Record<string, unknown> => ({
	cpu: 0,
	portMappings: [],
	essential: true,
	environment: [],
	mountPoints: [],
	volumesFrom: [],
	systemControls: [],
	...container,
});

export const describeDefinition = (definition: Definition): Record<string, unknown> => {
	const { tags: _tags, ...spec } = definition.spec;
	return {
		volumes: [],
		...spec,
		taskDefinitionArn: definition.arn,
		containerDefinitions: spec.containerDefinitions.map(described),
		revision: definition.revision,
		status: definition.status,
		placementConstraints: [],
		compatibilities: ['EC2', 'FARGATE'],
		registeredAt: definition.registeredAt / 1000,
		registeredBy: definition.registeredBy,
		...(definition.deregisteredAt === undefined ? {} : { deregisteredAt: definition.deregisteredAt / 1000 }),
	};
};

export interface DefinitionsOptions {
	region: string;
	account: string;
}

export const registerDefinition = (
	state: EcsState,
	options: DefinitionsOptions,
	spec: RegisterTaskDefinition,
	by: string,
	now: number,
): Definition => {
	check(spec);
	const revision = (state.revisions[spec.family] ?? 0) + 1;
	state.revisions[spec.family] = revision;
	const tags: Tag[] = spec.tags ?? [];
	const arn = `arn:aws:ecs:${options.region}:${options.account}:task-definition/${spec.family}:${revision}`;
	const definition: Definition = { arn, family: spec.family, revision, status: 'ACTIVE', spec, tags, registeredAt: now, registeredBy: by };
	state.definitions.push(definition);
	return definition;
};

/** By ARN, by family and revision, or by family: then its newest active one. */
export const findDefinition = (state: EcsState, name: string): Definition | undefined => {
	const short = name.replace(/^arn:[^:]+:ecs:[^:]*:[^:]*:task-definition\//, '');
	if (short.includes(':')) return state.definitions.find((one) => `${one.family}:${one.revision}` === short);
	return state.definitions.findLast((one) => one.family === short && one.status === 'ACTIVE');
};

export const needDefinition = (state: EcsState, name: string): Definition => {
	const found = findDefinition(state, name);
	if (!found) throw clientFault('Unable to describe task definition.');
	return found;
};

export const deregisterDefinition = (definition: Definition, now: number): void => {
	if (definition.status !== 'ACTIVE') return;
	definition.status = 'INACTIVE';
	definition.deregisteredAt = now;
};

/** Documented: a revision that is deleted stays, in progress, until no task refers to it. */
export const forgetDeleted = (state: EcsState): void => {
	state.definitions = state.definitions.filter(
		({ arn, status }) => status !== 'DELETE_IN_PROGRESS' || state.tasks.some((task) => task.definition === arn),
	);
};
