/** What the minute's sweep asks of the table and of ECS, by their stand-ins' own counts. `npm run bench -- sweep` prints the figures. */
import { expect, it } from 'vitest';
import { sizes } from '../bench/sweep/population.ts';
import { openSweptTable } from '../bench/sweep/run.ts';

it('[20] reads 60 times at most where 50 of 10,000 sessions are due, among 350 tasks', { timeout: 120_000 }, async () => {
	const swept = await openSweptTable();
	try {
		const { reads, readUnits, writes, ecs } = await swept.sweep('emptied');
		expect(reads).toBeLessThanOrEqual(60);
		expect(readUnits).toBeLessThanOrEqual(60);
		// it did look at each, and wrote when it looks again
		expect(writes).toBeGreaterThanOrEqual(sizes.due);
		expect(ecs).toEqual({ ofSessions: 3 * sizes.due, ofOrphans: 2 * Math.ceil((sizes.due + sizes.running) / 100) });
	} finally {
		await swept.close();
	}
});
