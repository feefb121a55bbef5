/** The end of a story: faults stop, and within the bounds all is as it should be, and stays so. */
import type { World } from '../world/world.ts';

const minute = 60_000;

/** What is not as it should be, in words; empty when all is well. */
export const unsettled = (world: World): string[] =>
	world.records.all().flatMap((record) => {
		const { desired, phase, generation } = record;
		const name = `${record.id} (${desired.state}, generation ${generation}, ${phase})`;
		if (desired.state === 'running') return world.answers(record) ? [] : [`${name} should run: ${record.reason ?? record.step ?? 'no reason'}`];
		if (desired.state === 'deleted') return [`${name} should be gone: ${record.purge?.step ?? 'not begun'}`];
		const alive = world.ecs.machine.tasks().filter((task) => task.family === record.slot.family && task.lastStatus !== 'STOPPED');
		if (alive.length > 0) return [`${name} should have no task, and has ${alive.map((task) => task.lastStatus)}`];
		if (phase === 'failed') return record.reason ? [] : [`${name} failed without a reason`];
		return phase === 'stopped' ? [] : [`${name} should be stopped`];
	});

/** What was tried often in vain waits for up to an hour. */
const isDeleted = ({ desired }: { desired: { state: string } }): boolean => desired.state === 'deleted';

/** Faults stop; the bounds of liveness of `lifecycle.md` in a row: a stop that began late, then a start that waited for it, with its tries. */
export const settle = async (world: World): Promise<void> => {
	world.faults.stop();
	const settled = await world.until(() => unsettled(world).length === 0, (world.records.all().some(isDeleted) ? 75 : 15) * minute);
	if (!settled) world.kernel.violated('liveness', `long after the last fault: ${unsettled(world).join('; ')}`);
	// And it stays so.
	await world.kernel.sleep(3 * minute, 'calm');
	// But for an agent whose line was dead without a word, and is replaced.
	await world.until(() => unsettled(world).length === 0, minute / 2);
	const later = unsettled(world);
	// A slot whose session never came to be is given back after 15 min.
	await world.until(() => world.leftovers().length === 0, 20 * minute);
	const left = world.leftovers();
	if (left.length > 0) world.kernel.violated('S12', `left behind: ${left.join('; ')}`);
	world.trail.settle(world.records.all());
	if (settled && later.length > 0) world.kernel.violated('liveness', `it did not stay so: ${later.join('; ')}`);
};
