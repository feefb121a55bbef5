/** Does what the machine says with real containers, and tells it what they do. */
import { join } from 'node:path';
import type { Efs, Mounted } from '../efs/efs.ts';
import type { Container, ContainerEnd } from '../sandbox/container.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import type { World } from '../stand-in.ts';
import { taskEnvironment } from './environment.ts';
import type { Effect } from './machine/lifecycle.ts';
import type { Definition, TaskRecord } from './machine/state.ts';

interface TasksDeps {
	world: World;
	folder: string;
	/** absolute paths that no task may see */
	hidden: readonly string[];
	mount: Efs['mount'];
	/** whether the role exists and ECS may take it for a task */
	canTake(roleArn: string): boolean;
	task(arn: string): { task: TaskRecord; definition: Definition };
	tokenOf(task: TaskRecord): string;
	observe: {
		launched(arn: string): void;
		failed(arn: string, reason: string): void;
		exited(arn: string, code: number | undefined): void;
	};
}

export interface Tasks {
	/** To be called once, before anything runs: takes the machine's system as it is now. */
	prepare(): void;
	run(effect: Effect): void;
	/** Finds the task's container again, or says that it's gone. */
	adopt(task: TaskRecord): void;
	/** As `adopt`; starts it when nothing of it was ever started. */
	adoptOrLaunch(task: TaskRecord): void;
	/** Ends and removes the containers of tasks that nobody knows. */
	sweep(known: ReadonlySet<string>): void;
	/** Resolves when what ended tasks left is off the disk. */
	removed(): Promise<void>;
	pids(): number[];
	/** Lets go of what runs; it goes on. */
	release(): void;
}

const idOf = (arn: string): string => arn.split('/').at(-1) ?? '';
const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';

export const createTasks = (deps: TasksDeps): Tasks => {
	const { world, observe } = deps;
	const sandbox = createSandbox({ folder: join(deps.folder, 'sandbox'), hidden: deps.hidden });
	const containers = new Map<string, Container>();

	const failed = (error: unknown): void => world.log(`tasks: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
	const removing = new Set<Promise<void>>();
	const discard = (id: string): void => {
		const removed = sandbox
			.discard(id)
			.catch(failed)
			.finally(() => removing.delete(removed));
		removing.add(removed);
	};

	const ended = (arn: string, end: ContainerEnd): void => {
		containers.delete(arn);
		const said = lastLine(end.output);
		if (!end.launched) {
			observe.failed(arn, `CannotStartContainerError: ${said || 'the container could not be started'}`);
			return;
		}
		// the two promises settle in no order: a launch that wasn't told yet comes first
		observe.launched(arn);
		observe.exited(arn, end.code);
		if (end.code !== 0 && said) world.log(`task ${idOf(arn).slice(0, 8)} ended with ${end.code ?? 'no code'}: ${said}`);
	};
	const follow = (arn: string, container: Container): void => {
		containers.set(arn, container);
		container.launched.then(() => observe.launched(arn)).catch(failed);
		container.ended.then((end) => ended(arn, end)).catch(failed);
	};

	/** @throws what ECS would give as stoppedReason */
	const launch = (arn: string, apart: boolean): Container => {
		const { task, definition } = deps.task(arn);
		const { spec } = definition;
		const [container] = spec.containerDefinitions;
		if (!container) throw new Error('the definition has no container');
		const roleArn = task.overrides.taskRoleArn ?? spec.taskRoleArn;
		if (roleArn !== undefined && !deps.canTake(roleArn))
			throw new Error(
				`ECS was unable to assume the role '${roleArn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship.`,
			);
		// assumed: no NAT and no endpoints here, as in the template
		if (!task.publicIp)
			throw new Error('ResourceInitializationError: unable to pull the image: connection issue between the task and the registry: no public address');
		const source = world.image?.(container.image);
		if (!source) throw new Error(`CannotPullContainerError: ${container.image}: not found`);
		const volume = (name: string): Mounted => {
			const efs = spec.volumes?.find((one) => one.name === name)?.efsVolumeConfiguration;
			try {
				return deps.mount(efs?.fileSystemId ?? '', efs?.authorizationConfig?.accessPointId ?? '', {
					role: efs?.authorizationConfig?.iam === 'ENABLED' ? roleArn : undefined,
					session: task.id,
					tls: efs?.transitEncryption === 'ENABLED',
				});
			} catch (error) {
				throw new Error(
					`ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: ${error instanceof Error ? error.message : error}`,
				);
			}
		};
		return sandbox.start({
			id: task.id,
			hostname: `task-${task.id.slice(0, 8)}`,
			source,
			environment: taskEnvironment(world, task, definition, roleArn === undefined ? undefined : deps.tokenOf(task)),
			entrypoint: container.entryPoint,
			command: task.overrides.containerOverrides?.find((one) => one.name === container.name)?.command ?? container.command,
			workdir: container.workingDirectory,
			user: container.user,
			init: container.linuxParameters?.initProcessEnabled ?? false,
			apart,
			binds: (container.mountPoints ?? []).map((point) => {
				const { folder: source, readOnly } = volume(point.sourceVolume);
				return { source, target: point.containerPath, readOnly: readOnly || (point.readOnly ?? false) };
			}),
		});
	};

	const tryLaunch = (arn: string, apart = false): void => {
		try {
			follow(arn, launch(arn, apart));
		} catch (error) {
			observe.failed(arn, error instanceof Error ? error.message : String(error));
		}
	};

	return {
		prepare: sandbox.prepare,
		run: (effect) => {
			const { task: arn } = effect;
			if (effect.kind === 'launch') tryLaunch(arn, effect.apart);
			else if (effect.kind === 'signal') containers.get(arn)?.signal(effect.signal);
			else discard(idOf(arn));
		},
		adoptOrLaunch: ({ arn, id, fate }) => {
			if (containers.has(arn)) return;
			const container = sandbox.adopt(id);
			if (container) follow(arn, container);
			else tryLaunch(arn, fate?.apart);
		},
		adopt: ({ arn, id, lastStatus }) => {
			if (containers.has(arn)) return;
			const container = sandbox.adopt(id);
			if (container) follow(arn, container);
			else observe.exited(arn, undefined);
			if (container && lastStatus === 'STOPPING') container.signal('SIGTERM');
		},
		sweep: (known) => {
			sandbox.clean().catch(failed);
			for (const id of sandbox.ids()) {
				if (known.has(id)) continue;
				const container = sandbox.adopt(id);
				container?.signal('SIGKILL');
				if (container) container.ended.then(() => discard(id)).catch(failed);
				else discard(id);
			}
		},
		removed: async () => {
			await Promise.all(removing);
		},
		pids: () => [...containers.values()].flatMap((container) => container.pids()),
		release: () => {
			for (const container of containers.values()) container.release();
			containers.clear();
		},
	};
};
