/** What goes wrong: functions that are cut off between two steps, answers and events that get lost, a deployment in between. */
import { DescribeTasksCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { createLeases } from '@shellpod/functions/adapters/leases.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { keys } from '@shellpod/functions/core/keys.ts';
import { start, stop } from '@shellpod/functions/core/lifecycle.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { firstUid } from '@shellpod/functions/core/slot.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { readTrail, type TrailLine } from '../../../support/trail.ts';
import { type Actor, type Cast, until } from './cast.ts';
import { comeBackToCrowd, leaveToSweep, openTerminal } from './connections.ts';

const now = (): string => new Date().toISOString();
const isRunning = ({ phase }: SessionRecord): boolean => phase === 'running';
const isStopped = ({ phase }: SessionRecord): boolean => phase === 'stopped';

/** As if the base definition had changed since the Home's own was registered. */
const ofOlderBase = (record: SessionRecord): SessionRecord => ({ ...record, slot: { ...record.slot, base: `${record.slot.base}0` } });

/** While it is held, the schedule's sweeps do nothing: whatever is repaired, is repaired by who is meant to. */
const holdSweep = async ({ operator }: Cast) => {
	const leases = createLeases(operator.items);
	const take = () => leases.take('sweep', 'the run', now(), new Date(Date.now() + 3_600_000).toISOString());
	await until('the lease of the sweep', take);
	return {
		/** Lets one sweep look at what is due. */
		async sweepNow(): Promise<void> {
			await leases.release('sweep', 'the run');
			// The sweep before it may have looked for orphans when there was no task yet.
			await operator.items.remove(keys.lease('orphans'));
			await operator.invoke('sweep');
			await until('the lease of the sweep', take);
		},
		letGo: () => leases.release('sweep', 'the run'),
	};
};

/** RunTask's answer was lost, and the agent asks for a ticket before anybody has seen its task. */
const answerIsLost = async (session: Actor, { operator }: Cast): Promise<void> => {
	const { agent } = await session.record();
	if (!agent) throw new Error('no agent');
	await session.write((record) => {
		if (!record.task) throw new Error('no task');
		const { arn: _, ...task } = record.task;
		return { ...record, task };
	});
	await operator.disconnect(agent.connectionId);
	await session.comesTo('its agent is back', (record) => record.task?.arn !== undefined && record.agent?.connectionId !== agent.connectionId);
};

/** Its task ends unasked, after a deployment. */
const taskEnds = async (session: Actor, { operator }: Cast): Promise<void> => {
	const { generation, task } = await session.write(ofOlderBase);
	await operator.ecs.send(new StopTaskCommand({ cluster: operator.cluster, task: task?.arn, reason: 'the run' }));
	await session.comesTo('it comes back by itself', (record) => isRunning(record) && record.generation > generation);
};

/** The API was cut off after it wrote that the session is to stop; a late event makes somebody look. */
const stopIsCutOff = async (session: Actor, { operator }: Cast): Promise<void> => {
	const { slot } = await session.write((record) => stop(record, now()));
	await operator.invoke('task-events', { detail: { group: `family:${slot.family}` } });
	await session.comesTo('an event stops it', isStopped);
};

/** Its user starts it after a deployment. */
const startAfterDeployment = async (session: Actor, { user }: Cast): Promise<void> => {
	await session.write(ofOlderBase);
	await user.api('POST', `/api/sessions/${session.id}/start`);
	await session.comesTo('it runs on the new base', isRunning);
};

const lost = sessionId('lostlostlost');

/** A task of a session that no record knows. Gives what waits for its end. */
const runOrphan = async ({ task }: SessionRecord, { operator, stack }: Cast): Promise<() => Promise<unknown>> => {
	const slots = createSlots(operator.items);
	const [free = 0] = await slots.free(1);
	const slot = await slots.get(free);
	if (slot?.state !== 'free' || !task) throw new Error('no Home, or no network');
	const { subnets, securityGroup } = task.network;
	const { tasks } = await operator.ecs.send(
		new RunTaskCommand({
			cluster: operator.cluster,
			taskDefinition: slot.definition,
			launchType: 'FARGATE',
			startedBy: `shellpod/${lost}/1`,
			networkConfiguration: { awsvpcConfiguration: { subnets: [...subnets], securityGroups: [securityGroup], assignPublicIp: 'ENABLED' } },
		}),
	);
	const asks = ({ caller, action }: TrailLine): boolean => caller === slot.roleArn && action === 'execute-api:Invoke';
	await until('its agent asks for a ticket', async () => (await readTrail(stack)).some(asks));
	const arns = tasks?.flatMap(({ taskArn = '' }) => taskArn);
	const look = () => operator.ecs.send(new DescribeTasksCommand({ cluster: operator.cluster, tasks: arns }));
	return () => until('the sweep stops the orphan', async () => (await look()).tasks?.[0]?.desiredStatus === 'STOPPED');
};

/** The API was cut off three times, and no event came. */
const sweepFinds = async (started: Actor, stopped: Actor, cast: Cast, sweepNow: () => Promise<void>): Promise<void> => {
	const orphanEnds = await runOrphan(await stopped.record(), cast);
	const closed = await leaveToSweep(stopped, cast);
	await started.write((record) => start(ofOlderBase(record), now()));
	await stopped.write((record) => stop(record, now()));
	await sweepNow();
	await orphanEnds();
	await closed();
	await started.comesTo('the sweep starts it', isRunning);
	await stopped.comesTo('the sweep stops it', isStopped);
};

/** Its user breaks tmux and ends the agent: the next one can make no terminals, and says so. */
const terminalsBreak = async (session: Actor, cast: Cast): Promise<void> => {
	const viewer = await openTerminal(session, cast);
	viewer.type('rm /run/shellpod/tmux; mkdir /run/shellpod/tmux; pkill -9 -f agent/main.ts\n');
	await until('its task reports', async () => (await cast.operator.items.get({ pk: `REPORT#${session.id}`, sk: 'REPORT' })) !== undefined);
};

/** A run of the slot maker was cut off after it had begun one. */
const slotIsBegun = async ({ operator }: Cast): Promise<void> => {
	const slots = createSlots(operator.items);
	const uid = await slots.nextUid(firstUid);
	await slots.begin(uid, now());
	await until('the slot is finished', async () => {
		await operator.invoke('slots');
		return (await slots.get(uid))?.state === 'free';
	});
};

/** The API was cut off after it had taken one, and 16 min have passed. */
const slotIsLost = async ({ operator, owner }: Cast): Promise<void> => {
	const slots = createSlots(operator.items);
	const uid = await until('a slot is taken for nothing', async () => {
		const [free] = await slots.free(1);
		const slot = free === undefined ? undefined : await slots.get(free);
		const by = { user: owner, session: lost };
		return slot?.state === 'free' && (await slots.take(slot, by, new Date(Date.now() - 16 * 60_000).toISOString())) && slot.uid;
	});
	await until('the slot is given back', async () => {
		await operator.invoke('slots');
		return (await slots.get(uid))?.state === 'free';
	});
};

/** Its user sets a budget while it runs. */
const budgetIsSet = async (session: Actor, { user }: Cast, sweepNow: () => Promise<void>): Promise<void> => {
	await user.api('PUT', '/api/budget', { budget: { usd: 1_000, stop: true } });
	const { spending } = await session.record();
	await sweepNow();
	await session.comesTo('the sweep looks at the budget', (record) => (record.spending?.budget?.lookAt ?? '') > (spending?.budget?.lookAt ?? ''));
};

export const goWrong = async (cast: Cast): Promise<void> => {
	const { sweepNow, letGo } = await holdSweep(cast);
	const [one, other] = [await cast.session('one'), await cast.session('other')];
	await answerIsLost(one, cast);
	await taskEnds(one, cast);
	await stopIsCutOff(one, cast);
	await startAfterDeployment(one, cast);
	await stopIsCutOff(one, cast);
	await comeBackToCrowd(other, cast);
	await budgetIsSet(other, cast, sweepNow);
	await sweepFinds(one, other, cast, sweepNow);
	await letGo();
	await terminalsBreak(one, cast);
	await slotIsBegun(cast);
	await slotIsLost(cast);
};
