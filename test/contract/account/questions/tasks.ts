/** D and E: tasks that run, and the file system in them. */
import { ConflictException, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { exactly, type Question, questions, type Seen, seen, sometimes } from '../question.ts';
import type { Sight } from '../target.ts';
import { hasSaid, houseOf, isStopped, lookAt, register, request, run, states, told } from '../tasks.ts';

const everyState = ['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED'];
const time = (value: unknown): number => (typeof value === 'number' ? value : new Date(String(value)).getTime());
const seconds = (from: unknown, to: unknown): string => `${((time(to) - time(from)) / 1_000).toFixed(1)} s`;
const exitCode = (state: Record<string, unknown> | undefined): unknown => (state?.containers as { exitCode?: number }[] | undefined)?.[0]?.exitCode;

/** What the probe said at its start. */
interface Said {
	metadata: { TaskARN?: string; Family?: string; LaunchType?: string };
	expiration: string;
	authorizer: { iam?: { userArn?: string } };
	home: { root: unknown[]; file: unknown[]; chown: string; maxLinks?: number; metadataMs: number };
}
const saidBy = (sights: readonly Sight[]): Said => sights.find(({ kind }) => kind === 'started')?.seen as unknown as Said;

const bindMount = 'a mount here is a bind mount';

export const tasks: readonly Question[] = [
	questions(
		['D1d', 'D4a', 'D4b', 'D4c', 'D6', 'D7', 'D8a', 'D11d', 'E1a'],
		'a task from RunTask to its end, exit code 4; the same token again, then with other parameters',
		async (target) => {
			const house = await houseOf(target);
			const mark = target.mark();
			const wanted = { ...request(target, await register(target, house, { accessPoint: house.own, end: '4' }), mark), clientToken: mark };
			const asked = Date.now();
			const task = await run(target, wanted);
			const known = await lookAt(target, task);
			const again = await run(target, wanted);
			const conflict = await target.ecs.send(new RunTaskCommand({ ...wanted, startedBy: 'other' })).catch((error: unknown) => error);
			const sights = await told(target, mark, (all) => isStopped(all) && hasSaid('started')(all));
			const all = states(sights);
			const last = all.at(-1);
			const late = await target.ecs.send(new RunTaskCommand(wanted)).then(
				({ tasks: same = [] }) => (same[0]?.taskArn === task.taskArn ? `the same, ${same[0]?.lastStatus}` : 'another task'),
				(error: Error) => error.name,
			);
			const { metadata, expiration, authorizer, home } = saidBy(sights);
			const names = [...new Set(all.map(({ lastStatus }) => String(lastStatus)))];
			const id = task.taskArn?.split('/').at(-1);
			const mounted = sights.find(({ kind }) => kind === 'started')?.at ?? 0;
			const conflicted = conflict instanceof ConflictException && conflict.resourceIds?.includes(task.taskArn ?? '');
			return {
				D1d: seen(
					again.taskArn === task.taskArn && conflicted === true,
					`same: ${again.taskArn === task.taskArn}; other: ${(conflict as Error).name}; after the end: ${late}`,
				),
				// events of states that were short may be left out
				D4a: seen(
					everyState.filter((one) => names.includes(one)).join() === names.join() && names.includes('RUNNING') && all.every(({ version }) => version),
					names.join(' '),
				),
				D4b: seen(
					time(last?.stoppedAt) >= asked,
					`asked to RUNNING ${seconds(asked, last?.startedAt)}, of it the pull ${seconds(last?.pullStartedAt, last?.pullStoppedAt)}; exit to STOPPED ${seconds(last?.executionStoppedAt, last?.stoppedAt)}`,
				),
				D4c: exactly(last?.stopCode, 'EssentialContainerExited'),
				D6: seen(
					metadata.TaskARN === task.taskArn &&
						metadata.LaunchType === 'FARGATE' &&
						time(expiration) > Date.now() &&
						!!authorizer.iam?.userArn?.endsWith(`/${id}`),
					String(authorizer.iam?.userArn).replace(String(id), '<task id>'),
				),
				D7: seen(
					last?.clusterArn === target.outputs.Cluster && Number(last?.version) > 0 && Array.isArray(last?.containers),
					`${Object.keys(last ?? {}).length} fields`,
				),
				D8a: sometimes(known === undefined, known ? 'known at once' : 'not known at once'),
				D11d: exactly(exitCode(last), 4),
				E1a: seen(
					String(home.root) === String([100_777, 100_777, '700']),
					`${home.root.join(' ')}, ${((mounted - house.since) / 1_000).toFixed(0)} s after it was made`,
				),
			};
		},
	),
	questions(
		['E1b', 'E1e', 'E1f', 'E3a'],
		'files on EFS: their owner, chown, hard links, 100 that are made and removed',
		async (target) => {
			const house = await houseOf(target);
			const mark = target.mark();
			await run(target, request(target, await register(target, house, { accessPoint: house.own, end: '0' }), mark));
			const { home } = saidBy(await told(target, mark, hasSaid('started')));
			return {
				E1b: exactly(home.file, [100_777, 100_777]),
				E1e: exactly(home.chown, 'EPERM'),
				E1f: exactly(home.maxLinks, 177),
				E3a: seen(home.metadataMs >= 1 && home.metadataMs <= 12, `${home.metadataMs.toFixed(1)} ms each`),
			};
		},
		{ notHere: bindMount },
	),
	questions(['D4e', 'D5'], 'StopTask: of one that listens, and of one that does not, with a stopTimeout of 2 s', async (target) => {
		const house = await houseOf(target);
		const stopped = async (end: string): Promise<{ sights: Sight[]; tags: Seen }> => {
			const mark = target.mark();
			const wanted = request(target, await register(target, house, { accessPoint: house.own, end, stopTimeout: 2 }), mark);
			const task = await run(target, { ...wanted, tags: [{ key: 'of', value: 'contract' }] });
			await told(target, mark, (all) => hasSaid('started')(all) && states(all).some(({ lastStatus }) => lastStatus === 'RUNNING'));
			const before = (await lookAt(target, task))?.tags?.length ?? 0;
			await target.ecs.send(new StopTaskCommand({ cluster: target.outputs.Cluster, task: task.taskArn, reason: 'the contract' }));
			const sights = await told(target, mark, isStopped);
			const after = (await lookAt(target, task))?.tags?.length ?? 0;
			return { sights, tags: seen(before === 1 && after === 0, `${before} before, ${after} after`) };
		};
		const [polite, deaf] = await Promise.all([stopped('term'), stopped('deaf')]);
		const of = ({ sights }: { sights: Sight[] }): unknown[] => {
			const last = states(sights).at(-1);
			return [hasSaid('term')(sights) ? 'SIGTERM' : 'no SIGTERM', exitCode(last), last?.stopCode];
		};
		return {
			D4e: polite.tags,
			D5: exactly(
				[of(polite), of(deaf)],
				[
					['SIGTERM', 0, 'UserInitiated'],
					['SIGTERM', 137, 'UserInitiated'],
				],
			),
		};
	}),
	questions(['E2'], 'a task whose role may not mount the access point', async (target) => {
		const house = await houseOf(target);
		const mark = target.mark();
		await run(target, request(target, await register(target, house, { accessPoint: house.foreign, end: '0' }), mark));
		const last = states(await told(target, mark, isStopped)).at(-1);
		return { E2: seen(last?.stopCode === 'TaskFailedToStart', `${last?.stopCode}: ${String(last?.stoppedReason).slice(0, 120)}`) };
	}),
];
