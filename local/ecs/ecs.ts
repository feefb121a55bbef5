/** Stand-in for ECS on Fargate: clusters and task definitions of the template, its API, and tasks as containers of this machine. */
import { createHmac, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generatedName } from '../assembly/names.ts';
import { keepState } from '../disk.ts';
import type { Efs } from '../efs/efs.ts';
import type { Iam } from '../iam/iam.ts';
import { readProperties } from '../properties.ts';
import type { AwsHandler, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { ConnectionCut } from '../wire.ts';
import { createInside } from './inside.ts';
import { findDefinition } from './machine/definitions.ts';
import { taskEvent } from './machine/describe.ts';
import { EcsError } from './machine/errors.ts';
import type { Delays } from './machine/lifecycle.ts';
import { createEcsMachine, type Step } from './machine/machine.ts';
import { emptyEcs, type TaskRecord } from './machine/state.ts';
import { needsOfEcs } from './needs.ts';
import { createTasks } from './tasks.ts';
import { asRegisterRequest, ClusterProperties } from './template.ts';

export interface EcsOptions {
	/** ms of each state that only time ends; on Fargate PROVISIONING alone takes seconds */
	delays?: Delays;
	/** ms that a shutdown leaves to tasks between SIGTERM and SIGKILL */
	grace?: number;
}

/** What ECS needs of its neighbours: what a volume mounts, and which roles there are. */
export interface EcsDeps {
	efs: Pick<Efs, 'mount'>;
	iam: Pick<Iam, 'trusts'>;
}

const shortDelays: Delays = { PROVISIONING: 10, ACTIVATING: 5, DEACTIVATING: 5, DEPROVISIONING: 10 };
/** the whole stack ends within 30 s, so that tasks have less than that */
const defaultGrace = 15_000;
/** ms after SIGKILL in which the last container must have gone */
const afterKill = 3000;

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
	status,
	headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
	body: JSON.stringify(body),
});

const readBody = (body: Buffer): unknown => {
	try {
		return JSON.parse(body.toString('utf8') || '{}');
	} catch {
		throw new EcsError('SerializationException', 'The request is not JSON.');
	}
};

export const createEcs = (world: World, { efs, iam }: EcsDeps, options: EcsOptions = {}): StandIn => {
	const folder = world.folder('ecs');
	const kept = keepState(join(folder, 'state.json'), {
		...emptyEcs(),
		/** tasks' tokens come from it, so that none has to be kept */
		secret: randomBytes(32).toString('hex'),
		/** definitions of the template: what they were made of, and their ARN */
		made: {} as Record<string, { from: string; arn: string }>,
		/** tasks that ended with the machine: their event is told when it comes back */
		untold: [] as string[],
	});
	const { state } = kept;
	const now = (): number => world.now().getTime();
	const machine = createEcsMachine(state, {
		region: world.region,
		account: world.account,
		delays: options.delays ?? shortDelays,
		newId: () => randomBytes(16).toString('hex'),
		faults: world.faults.of('ecs'),
	});
	const tokenOf = (task: TaskRecord): string => createHmac('sha256', state.secret).update(task.id).digest('base64url');
	const byArn = (arn: string) => ({ task: machine.task(arn), definition: machine.definitionOf(machine.task(arn)) });

	let timer: NodeJS.Timeout | undefined;
	let stopping = false;
	let allStopped: (() => void) | undefined;
	const isOver = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED';

	/** First to the disk, then to the world: what was told or started is never forgotten. */
	const apply = (step: Step): void => {
		kept.save();
		if (!stopping) for (const event of step.events) world.publish(event);
		for (const effect of step.effects) tasks.run(effect);
		clearTimeout(timer);
		const next = machine.nextAt();
		if (next !== undefined) timer = setTimeout(() => apply(machine.advance(now())), Math.max(0, next - now()));
		if (machine.tasks().every(isOver)) allStopped?.();
	};
	const tasks = createTasks({
		world,
		folder,
		hidden: [dirname(folder), join(import.meta.dirname, '../..')],
		mount: efs.mount,
		canTake: (arn) =>
			// documented: what ECS says of itself when it takes a task's role
			iam.trusts(arn, 'ecs-tasks.amazonaws.com', {
				'aws:SourceAccount': [world.account],
				'aws:SourceArn': [`arn:aws:ecs:${world.region}:${world.account}:*`],
			}),
		task: byArn,
		tokenOf,
		observe: {
			launched: (arn) => apply(machine.launched(arn, now())),
			failed: (arn, reason) => apply(machine.failed(arn, reason, now())),
			exited: (arn, code) => apply(machine.exited(arn, code === undefined ? {} : { code }, now())),
		},
	});

	const creators: Record<string, (input: ResourceInput) => ResourceOutput> = {
		'AWS::ECS::Cluster': (input) => {
			const name = readProperties(ClusterProperties, input).ClusterName ?? generatedName(input);
			return { ref: name, attributes: { Arn: machine.addCluster(name) } };
		},
		'AWS::ECS::TaskDefinition': (input) => {
			const key = `${input.stack}/${input.logicalId}`;
			const from = JSON.stringify(input.properties);
			const old = state.made[key];
			if (old?.from === from) return { ref: old.arn, attributes: { TaskDefinitionArn: old.arn } };
			const { arn } = machine.register(asRegisterRequest(input.properties, generatedName(input)), 'cloudformation', now());
			// as CloudFormation does when it replaces one
			if (old) machine.call('DeregisterTaskDefinition', { taskDefinition: old.arn }, 'cloudformation', now());
			state.made[key] = { from, arn };
			return { ref: arn, attributes: { TaskDefinitionArn: arn } };
		},
	};

	/** JSON 1.1: the operation stands in a header. */
	const handler: AwsHandler = async (request) => {
		const operation = (request.headers['x-amz-target'] ?? '').replace(/^AmazonEC2ContainerServiceV20141113\./, '');
		apply(machine.advance(now()));
		try {
			const { answer, takes, ...step } = machine.call(operation, readBody(request.body), request.principal.roleArn, now());
			apply(step);
			if (takes > 0) await sleep(takes);
			if (answer === undefined) throw new ConnectionCut();
			return json(200, answer);
		} catch (error) {
			if (!(error instanceof EcsError)) throw error;
			return json(error.status, { __type: error.code, message: error.message, ...error.more }, { 'x-amzn-errortype': error.code });
		}
	};

	return {
		types: Object.keys(creators),
		create: (input) => {
			const output = creators[input.type]?.(input);
			if (!output) throw new Error(`${input.type} isn't one of ECS`);
			kept.save();
			return output;
		},
		endpoints: { ECS: handler },
		needs: { ECS: needsOfEcs({ region: world.region, account: world.account, definition: (name) => findDefinition(state, name) }) },
		open: {
			task: createInside({
				world,
				tokenOf,
				find: (id) => {
					const task = machine.tasks().find((one) => one.id === id && !isOver(one));
					return task && { task, definition: machine.definitionOf(task) };
				},
			}),
		},
		start: async () => {
			tasks.prepare();
			for (const arn of state.untold.splice(0)) {
				const task = machine.tasks().find((one) => one.arn === arn);
				if (task) world.publish(taskEvent(task, now()));
			}
			const running = machine.tasks().filter((task) => !isOver(task));
			tasks.sweep(new Set(running.map((task) => task.id)));
			for (const task of running) if (task.containers.some((one) => one.lastStatus === 'RUNNING')) tasks.adopt(task);
			// its supervisor may have come up, or not
			for (const task of running) if (task.lastStatus === 'PENDING' && !task.withheld) tasks.adoptOrLaunch(task);
			apply(machine.advance(now()));
		},
		stop: async () => {
			stopping = true;
			const running = machine.tasks().filter((task) => !isOver(task));
			const grace = options.grace ?? defaultGrace;
			const over = Promise.withResolvers<void>();
			const limit = Promise.withResolvers<void>();
			const limitTimer = setTimeout(limit.resolve, grace + afterKill);
			allStopped = over.resolve;
			apply(machine.shutDown(grace, now()));
			// what isn't over, or not off the disk by then, waits for the next start
			await Promise.race([over.promise.then(tasks.removed), limit.promise]);
			clearTimeout(limitTimer);
			clearTimeout(timer);
			tasks.release();
			state.untold = running.map((task) => task.arn);
			kept.save();
		},
		pids: tasks.pids,
	};
};
