import type { Ticket } from '@shellpod/protocol/http.ts';
import { expect, test } from 'vitest';
import type { WireEvents } from '../../frontend/src/stream/wire.ts';
import { startWatch } from '../../frontend/src/watch/watch.ts';
import { ticket } from './support/socket-bench.ts';
import { createVirtualClock } from './support/virtual-clock.ts';

test('[T10] when the network is back it lets the terminal go first, and follows within a second', async () => {
	const clock = createVirtualClock();
	const wires: WireEvents[] = [];
	const asked: number[] = [];
	const watch = startWatch({
		clock,
		random: () => 0.999,
		ticket: async (): Promise<Ticket> => {
			asked.push(clock.now());
			return ticket;
		},
		open: (_url, _protocols, events) => {
			wires.push(events);
			return { send: () => undefined, close: () => undefined };
		},
		onSession: () => undefined,
		onLook: () => undefined,
		onLive: () => undefined,
	});
	await clock.advance(0);
	// Away for so long that its next try is far away.
	for (let tries = 0; tries < 9; tries++) {
		wires.at(-1)?.closed(1006);
		await clock.advance(tries < 8 ? 30_000 : 0);
	}
	const back = clock.now();
	const before = asked.length;
	watch.hurry();
	await clock.advance(999);
	expect(asked).toHaveLength(before);
	await clock.advance(1);
	expect(asked.slice(before)).toEqual([back + 1_000]);
	watch.stop();
});
