/** A page and an agent stay connected for hours: each changes its connection before the gateway cuts it, and nobody notices. */
import { relay } from '@shellpod/protocol/limits.ts';
import { expect, it } from 'vitest';
import { createKernel } from './kernel/kernel.ts';
import { createWorld } from './world/world.ts';

const second = 1_000;
const minute = 60 * second;
/** ms between two keys */
const haste = 250;
/** ms that a change of connections may add to the time that the slowest of a hundred keys takes: P5 */
const gap = 100;

const quantile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] as number;

it.each([1, 2])('[P5] [T11] both ends change their connection, and nobody notices (seed %i)', async (seed) => {
	const kernel = createKernel({ seed });
	const changes: number[] = [];
	// Of each key: when, and ms until the agent's acknowledgement was here.
	const took: { at: number; ms: number }[] = [];
	let told = { typed: 0, heard: 0, cuts: 0, redrawn: 0 };
	await kernel.run(async () => {
		const world = createWorld({ kernel, rates: {}, overheard: () => changes.push(kernel.now()) });
		const api = world.apiOf('ann');
		await kernel.sleep(2 * minute, 'slots are made');
		const { id } = await api.create('one');
		// For hours nobody types.
		await api.choose(id, { limitMs: null });
		const page = world.open('ann', id);
		await world.until(() => page.stream.kind === 'live', 2 * minute);
		changes.length = 0;
		const agent = () => world.records.newest(id)?.agent?.connectionId;
		let known = agent();
		await kernel.sleep(relay.handOverMs - minute, 'reading');
		const container = world.containerOf(id);
		const drawn = container?.tmux.clients;
		const end = kernel.now() + relay.handOverSpreadMs + 2 * minute;
		let cuts = 0;
		while (kernel.now() < end) {
			const at = kernel.now();
			if (agent() !== known) changes.push(at);
			known = agent();
			page.type();
			while (page.pending > 0) await kernel.sleep(1, 'typing');
			took.push({ at, ms: kernel.now() - at });
			if (page.stream.kind !== 'live') cuts += 1;
			await kernel.sleep(haste, 'typing');
		}
		world.keystrokes.settle();
		told = { typed: page.typed, heard: world.keystrokes.count, cuts, redrawn: (container?.tmux.clients ?? 0) - (drawn ?? 0) };
	});
	expect(told).toEqual({ typed: told.typed, heard: told.typed, cuts: 0, redrawn: 0 });
	// one of the page, one of its agent
	expect(changes).toHaveLength(2);
	const near = took.filter(({ at }) => changes.some((change) => Math.abs(at - change) < 10 * second)).map(({ ms }) => ms);
	const far = took.filter(({ at }) => changes.every((change) => Math.abs(at - change) >= 10 * second)).map(({ ms }) => ms);
	expect(near.length).toBeGreaterThan(50);
	expect(quantile(near, 0.99) - quantile(far, 0.99)).toBeLessThanOrEqual(gap);
});
