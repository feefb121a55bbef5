/** The end of a story: faults stop, and within the bounds all is as it should be, and stays so. */
import { limits } from '@shellpod/functions/core/limits.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { World } from '../world/world.ts';

const minute = 60_000;

/** What is not as it should be, in words; empty when all is well. `counts`: of which sessions. */
export const unsettled = (world: World, counts: (record: SessionRecord) => boolean = () => true): string[] =>
	world.records
		.all()
		.filter(counts)
		.flatMap((record) => {
			const { desired, phase, generation } = record;
			const name = `${record.id} (${desired.state}, generation ${generation}, ${phase})`;
			if (desired.state === 'running') return world.answers(record) ? [] : [`${name} should run: ${record.reason ?? record.step ?? 'no reason'}`];
			if (desired.state === 'deleted') return [`${name} should be gone: ${record.purge?.step ?? 'not begun'}`];
			const alive = world.ecs.machine.tasks().filter((task) => task.family === record.slot.family && task.lastStatus !== 'STOPPED');
			if (alive.length > 0) return [`${name} should have no task, and has ${alive.map((task) => task.lastStatus)}`];
			if (phase === 'failed') return record.reason ? [] : [`${name} failed without a reason`];
			return phase === 'stopped' ? [] : [`${name} should be stopped`];
		});

/** ms in which all that faults left behind is over: a stop that began late, then a start that waited for it, with its tries */
const usual = 15 * minute;

/** Rule 19: emptying a Home that faults were at has an hour, and then an hour's pause at most; what else is deleted is gone in the usual time. */
const isHeldUp = ({ desired, purge, task }: SessionRecord): boolean =>
	desired.state === 'deleted' && purge?.step === 'empty' && (purge.tries > 0 || task !== undefined);

/** Rule 5: an agent whose line has died without a word is replaced within this, and its session runs on. */
const isReconnecting = (world: World, { id, desired, phase }: SessionRecord): boolean =>
	desired.state === 'running' && phase === 'running' && world.containerOf(id)?.agent?.alive === true;

/** Faults stop; the bounds of liveness of `lifecycle.md` in a row. */
export const settle = async (world: World): Promise<void> => {
	world.faults.stop();
	const held = new Set(world.records.all().flatMap((record) => (isHeldUp(record) ? [record.id] : [])));
	const inTime = (): boolean => unsettled(world, ({ id }) => !held.has(id)).length === 0;
	const settled = (await world.until(inTime, usual)) && (await world.until(() => unsettled(world).length === 0, 2 * limits.emptying));
	if (!settled) world.kernel.violated('liveness', `long after the last fault: ${unsettled(world).join('; ')}`);
	// And it stays so, but for what the platform decides meanwhile: a session that nobody uses is stopped.
	const then = world.kernel.date().toISOString();
	const isOld = ({ desired }: SessionRecord): boolean => desired.at < then;
	await world.kernel.sleep(3 * minute, 'calm');
	const away = unsettled(world, (record) => isOld(record) && !isReconnecting(world, record));
	if (away.length > 0) world.kernel.violated('liveness', `it did not stay so: ${away.join('; ')}`);
	await world.until(() => unsettled(world, isOld).length === 0, limits.reconnect);
	const later = unsettled(world, isOld);
	if (later.length > 0) world.kernel.violated('liveness', `an agent was not back within its time: ${later.join('; ')}`);
	if (!(await world.until(() => unsettled(world).length === 0, 4 * minute)))
		world.kernel.violated('liveness', `what was decided in the calm was not done: ${unsettled(world).join('; ')}`);
	// A slot whose session never came to be is given back after 15 min.
	await world.until(() => world.leftovers().length === 0, 20 * minute);
	const left = world.leftovers();
	if (left.length > 0) world.kernel.violated('S12', `left behind: ${left.join('; ')}`);
	// Rule 17: what happened a moment ago is written down by the next minute's look.
	await world.until(() => world.records.all().every(({ trail }) => !trail?.pending.length), 1.25 * minute);
	world.trail.settle(world.records.all());
	// S10
	world.policy.settle();
};
