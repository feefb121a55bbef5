/** A page and an agent, each on a network that cuts it every few seconds: they go on meeting, and what is typed arrives. */
import { expect, it } from 'vitest';
import { createKernel } from './kernel/kernel.ts';
import type { Dialled } from './world/gateway.ts';
import { createWorld } from './world/world.ts';

const minutes = 10;
/** ms between two cuts of one end */
const between = [1_000, 5_000] as const;
/** s without a terminal, at most, and of all seconds the part that it is there */
const bounds = { gap: 40, share: 0.25 };

const story = async (seed: number): Promise<{ gap: number; share: number; typed: number; pending: number }> => {
	const kernel = createKernel({ seed });
	let told = { gap: 0, share: 0, typed: 0, pending: 0 };
	await kernel.run(async () => {
		const world = createWorld({ kernel, rates: {} });
		const api = world.apiOf('ann');
		await kernel.sleep(120_000, 'slots are made');
		const { id } = await api.create('one');
		const page = world.open('ann', id);
		await world.until(() => page.stream.kind === 'live', 120_000);
		let over = false;
		const cuts = (end: string, which: (dialled: Dialled) => boolean): void => {
			const chance = kernel.random(`cuts/${end}`);
			const next = (): void => {
				kernel.after(chance.between(...between), `${end} is cut`, () => {
					if (over) return;
					world.gateway.cut(which);
					next();
				});
			};
			next();
		};
		const isAgent = (dialled: Dialled): boolean => dialled.owner !== 'thief' && 'task' in dialled.owner;
		cuts('agent', isAgent);
		cuts('page', (dialled) => !isAgent(dialled));
		let live = 0;
		let away = 0;
		for (let second = 0; second < minutes * 60; second++) {
			page.type();
			await kernel.sleep(1_000, 'typing');
			away = page.stream.kind === 'live' ? 0 : away + 1;
			live += page.stream.kind === 'live' ? 1 : 0;
			told.gap = Math.max(told.gap, away);
		}
		over = true;
		await world.until(() => page.pending === 0, 60_000);
		told = { ...told, share: live / (minutes * 60), typed: page.typed, pending: page.pending };
	});
	return told;
};

it.each([1, 2, 3, 4])('[T10] ends that are cut every few seconds go on meeting (seed %i)', async (seed) => {
	const { gap, share, typed, pending } = await story(seed);
	expect({ typed, pending }).toEqual({ typed: minutes * 60, pending: 0 });
	expect(gap).toBeLessThanOrEqual(bounds.gap);
	expect(share).toBeGreaterThanOrEqual(bounds.share);
});
