/** A laptop without a network, for a moment and for a day, its tab open. */
import { describe, expect, it } from 'vitest';
import { hour, inWorld, isLive, minute, patience, startedBy, within } from './in-world.ts';

const day = 24 * hour;

const story = (seed: number, stopped: boolean) =>
	inWorld({ seed, maxMs: 2 * day }, async (world, kernel) => {
		const session = await startedBy(world, 'ann');
		await world.apiOf('ann').choose(session, { limitMs: null });
		const page = world.open('ann', session);
		await within(kernel, 2 * minute, () => isLive(page));
		page.type(10);
		await kernel.sleep(5_000, 'typing');
		page.offline(day);
		await kernel.sleep(day - 20_000, 'a day');
		if (stopped) await world.apiOf('ann').move('stop', session);
		const taken = page.type(40);
		await kernel.sleep(20_000, 'the rest of the day');
		const back = await within(kernel, 2 * minute, () =>
			stopped ? page.link.kind === 'idle' : isLive(page) && page.pending === 0 && world.isRight(page),
		);
		if (stopped) {
			await world.apiOf('ann').move('start', session);
			await within(kernel, 5 * minute, () => isLive(page) && page.pending === 0);
		}
		world.keystrokes.settle();
		return { taken, back, typed: page.typed, heard: world.keystrokes.count, dropped: page.dropped.filter(Boolean).length };
	});

describe('[P10] offline for a day with the tab open', { timeout: patience }, () => {
	it('it resumes by itself, and what was typed in the last 30 s arrives once', async () => {
		const { taken, back, typed, heard } = await story(1, false);
		expect({ taken, typed, heard }).toEqual({ taken: true, typed: 50, heard: 50 });
		expect(back).toBeLessThanOrEqual(10_000);
	});

	it('of a session that was stopped meanwhile it offers Start, and says after that what of the typing is lost', async () => {
		const { back, typed, heard, dropped } = await story(1, true);
		expect(back).toBeLessThanOrEqual(15_000);
		expect({ typed, heard, dropped }).toEqual({ typed: 50, heard: 10, dropped: 1 });
	});
});

describe('[P6] when the network is back', { timeout: patience }, () => {
	it.each([1_000, 10_000, 300_000])('after %i ms without one, what is typed is heard within a reconnect and a round trip', async (ms) => {
		const took = await inWorld({ seed: ms }, async (world, kernel) => {
			const page = world.open('ann', await startedBy(world, 'ann'));
			await within(kernel, minute, () => isLive(page));
			await kernel.sleep(minute, 'all is well');
			page.offline(ms);
			await kernel.sleep(ms, 'offline');
			page.type();
			return within(kernel, minute, () => world.keystrokes.count === 1);
		});
		// A ticket, an upgrade, hello and open: four ways there and back of up to 0.25 s, and functions that may start.
		expect(took).toBeLessThanOrEqual(2_000);
	});
});
