import {
	ConflictException,
	DescribeTasksCommand,
	type ECSClient,
	InvalidParameterException,
	ListTasksCommand,
	RunTaskCommand,
	StopTaskCommand,
	type Task,
} from '@aws-sdk/client-ecs';
import { isSessionId, type SessionId } from '@shellpod/protocol/ids.ts';
import { container } from '../env.ts';
import type { ListedTask, ObservedTask, RunAnswer, Tasks } from '../ports.ts';

/** What a lambda's words mean, as the caller knows it: `causeOfText` of core. */
type CauseOfText = (text: string) => Extract<RunAnswer, { kind: 'refused' }>['cause'];

interface TasksDeps {
	client: ECSClient;
	/** ARN */
	cluster: string;
	deployment: string;
	causeOfText: CauseOfText;
}

const iso = (time: Date | undefined): string | undefined => time?.toISOString();

/** Only what is there: absent fields are absent. */
const present = <T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** Whose a task is. ECS takes 36 characters of letters, digits, `-`, `_` and `/`. */
const startedByOf = (deployment: string, session: SessionId, generation: number): string => `${deployment}/${session}/${generation}`;

const ofDeployment = (deployment: string, startedBy: string | undefined): ObservedTask['of'] => {
	const [prefix, session, generation, ...rest] = startedBy?.split('/') ?? [];
	if (prefix !== deployment || session === undefined || !isSessionId(session) || rest.length > 0) return undefined;
	const number = Number(generation);
	return Number.isSafeInteger(number) && number > 0 ? { session, generation: number } : undefined;
};

const observed = (deployment: string, task: Task): ObservedTask =>
	present<ObservedTask>({
		arn: task.taskArn ?? '',
		of: ofDeployment(deployment, task.startedBy),
		lastStatus: task.lastStatus ?? 'UNKNOWN',
		desiredStatus: task.desiredStatus ?? 'UNKNOWN',
		containers: (task.containers ?? []).map((one) =>
			present<ObservedTask['containers'][number]>({ lastStatus: one.lastStatus ?? 'UNKNOWN', exitCode: one.exitCode, reason: one.reason }),
		),
		stopCode: task.stopCode,
		stoppedReason: task.stoppedReason,
		createdAt: iso(task.createdAt),
		startedAt: iso(task.startedAt),
		pullStartedAt: iso(task.pullStartedAt),
		pullStoppedAt: iso(task.pullStoppedAt),
		executionStoppedAt: iso(task.executionStoppedAt),
		stoppedAt: iso(task.stoppedAt),
	});

const wordsOf = (error: unknown): { name: string; message: string; status: number | undefined } => {
	if (!(error instanceof Error)) return { name: 'unknown', message: String(error), status: undefined };
	const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
	return { name: error.name, message: error.message, status: $metadata?.httpStatusCode };
};

/** Throttles and 5xx say nothing about the task; a lost answer even less. What ECS calls the client's fault made none. */
const answerOf = (error: unknown, causeOfText: CauseOfText): RunAnswer => {
	const { name, message, status } = wordsOf(error);
	const text = `${name}: ${message}`;
	const refused = status !== undefined && status >= 400 && status < 500 && !/throttl|TooManyRequests|RequestLimit|Expired|Timeout/i.test(name);
	if (!refused) return { kind: 'unknown', text };
	// The token was used with other parameters: whether a task was made of it, only a look can tell.
	if (error instanceof ConflictException) return { kind: 'unknown', text };
	return { kind: 'refused', cause: { ...causeOfText(message), retry: /capacity|concurrent/i.test(message) } };
};

export const createTasks = ({ client, cluster, deployment, causeOfText }: TasksDeps): Tasks => {
	const list = async (family: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<string[]> => {
		const { taskArns } = await client.send(new ListTasksCommand({ cluster, family, desiredStatus }));
		return taskArns ?? [];
	};
	return {
		async run(session, intent) {
			const { subnets, securityGroup } = intent.network;
			try {
				const { tasks, failures } = await client.send(
					new RunTaskCommand({
						cluster,
						taskDefinition: intent.definition,
						launchType: 'FARGATE',
						count: 1,
						clientToken: intent.clientToken,
						startedBy: startedByOf(deployment, session, intent.generation),
						// The role is never overridden, only what runs.
						...(intent.work && { overrides: { containerOverrides: [{ name: container, command: [intent.work] }] } }),
						networkConfiguration: { awsvpcConfiguration: { subnets: [...subnets], securityGroups: [securityGroup], assignPublicIp: 'ENABLED' } },
					}),
				);
				const arn = tasks?.[0]?.taskArn;
				if (arn !== undefined) return { kind: 'made', arn };
				const failure = failures?.[0];
				return { kind: 'refused', cause: { ...causeOfText(failure?.reason ?? failure?.detail ?? 'no reason given'), retry: true } };
			} catch (error) {
				return answerOf(error, causeOfText);
			}
		},

		async stop(task, reason) {
			try {
				await client.send(new StopTaskCommand({ cluster, task, reason }));
			} catch (error) {
				// "The referenced task was not found": ECS has forgotten it.
				if (error instanceof InvalidParameterException && /not found/i.test(error.message)) return;
				throw error;
			}
		},

		async look(family, arn) {
			const [running, stopped] = await Promise.all([list(family, 'RUNNING'), list(family, 'STOPPED')]);
			// ECS describes 100 at once; a Home's tasks of the last hour are a handful.
			const arns = [...new Set([...(arn === undefined ? [] : [arn]), ...running, ...stopped])].slice(0, 100);
			if (arns.length === 0) return { tasks: [], missing: [] };
			const { tasks, failures } = await client.send(new DescribeTasksCommand({ cluster, tasks: arns }));
			return {
				tasks: (tasks ?? []).map((task) => observed(deployment, task)),
				missing: (failures ?? []).filter((one) => one.reason === 'MISSING').map((one) => one.arn ?? ''),
			};
		},

		async list() {
			const found: ListedTask[] = [];
			let nextToken: string | undefined;
			do {
				// A page has 100 at most, which is what ECS describes at once.
				const page = await client.send(new ListTasksCommand({ cluster, desiredStatus: 'RUNNING', nextToken }));
				const arns = page.taskArns ?? [];
				const { tasks } = arns.length === 0 ? {} : await client.send(new DescribeTasksCommand({ cluster, tasks: arns }));
				for (const task of tasks ?? []) found.push({ ...observed(deployment, task), family: (task.group ?? '').replace(/^family:/, '') });
				({ nextToken } = page);
			} while (nextToken !== undefined);
			return found;
		},
	};
};
