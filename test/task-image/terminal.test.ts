/** One terminal of a viewer, with a tmux client that the test plays: how much of what it prints goes out. */
import { epoch, senderId, terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { decodeAgentRecords } from '@shellpod/protocol/record.ts';
import type { PtyEvents } from '@shellpod/task-image/agent/pty.ts';
import { createTerminal } from '@shellpod/task-image/agent/terminal.ts';
import { describe, expect, it } from 'vitest';
import { manualClock } from './support/clocks.ts';
import { mutePty, muteTmux } from './support/mute-tmux.ts';

const createBench = async (version: number) => {
	const clock = manualClock();
	const sent: { at: number; offset: number; later: boolean }[] = [];
	const messages: string[] = [];
	let events: PtyEvents | undefined;
	/** tmux clients that were made, and what the test's viewer does not say */
	const state = { clients: 0, silent: false };
	const own = epoch('epoch1');
	const id = terminalId('terminal1');
	const terminal = createTerminal(id, {
		clock,
		tmux: muteTmux,
		epoch: own,
		log: () => undefined,
		ended: () => undefined,
		spawn: (_argv, _environment, _cwd, _size, heard) => {
			events = heard;
			state.clients++;
			return mutePty;
		},
		send: (_to, payload) => {
			messages.push(payload);
			for (const record of decodeAgentRecords(payload))
				if (record.type === 'output') {
					const { screen, offset, bytes, later = false } = record;
					sent.push({ at: clock.now(), offset, later });
					if (!state.silent) terminal.receive({ type: 'shown', terminal: id, epoch: own, screen, shown: offset + bytes.length });
				}
			return true;
		},
	});
	terminal.open(senderId('viewer1'), { columns: 80, rows: 24 }, version);
	/** A program that draws 20 frames a second. */
	const spin = async (ms: number): Promise<number> => {
		const before = sent.length;
		for (let at = 0; at < ms; at += 50) {
			events?.data(Buffer.from('frame'));
			await clock.advance(50);
		}
		return sent.length - before;
	};
	const type = (offset: number, key = 'k'): void =>
		void terminal.receive({ type: 'input', terminal: id, epoch: own, offset, screen: 1, shown: 0, bytes: Buffer.from(key) });
	const draw = (bytes: Uint8Array): void => events?.data(bytes);
	return { clock, state, sent, messages, terminal, spin, type, draw, print: () => draw(Buffer.from('k')) };
};

describe('what a program draws 20 times a second', () => {
	it.each([1, 2])('[O8] is shown 4 times a second while it is only watched, in version %i', async (version) => {
		const { spin } = await createBench(version);
		// The frames that may go at once are spent.
		await spin(10_000);
		expect(await spin(10_000)).toBe(40);
	});

	it('[O8] is shown as it is while somebody types, and the echo of a key does not wait', async () => {
		const { clock, sent, spin, type, print } = await createBench(2);
		await spin(10_000);
		await clock.advance(100);
		const typedAt = clock.now();
		type(0);
		print();
		await clock.advance(1);
		expect(sent.at(-1)?.at).toBe(typedAt);
		expect(await spin(1_900)).toBeGreaterThan(35);
		await spin(5_000);
		expect(await spin(5_000)).toBeLessThanOrEqual(24);
	});

	it('[O8] is shown as it is at last soon after its end', async () => {
		const { clock, sent, spin, print } = await createBench(2);
		await spin(10_000);
		for (let end = 0; end < 5; end++) {
			await spin(1_000 + 70 * end);
			await clock.advance(10);
			print();
			const ended = clock.now();
			await clock.advance(400);
			// Between two frames were up to 60 ms: that is no end yet.
			expect((sent.at(-1)?.at ?? 0) - ended).toBeLessThanOrEqual(70);
		}
	});

	it('[O8] is no more than 4 times a second for long, however it rests in between', async () => {
		const { clock, sent, spin, print } = await createBench(2);
		await spin(10_000);
		const before = sent.length;
		for (let n = 0; n < 100; n++) {
			print();
			await clock.advance(100);
		}
		expect(sent.length - before).toBeLessThanOrEqual(44);
	});

	it('[O8] is shown as regularly as it may be, however it pauses in between: a pause is no end', async () => {
		const { clock, sent, spin, print } = await createBench(2);
		await spin(20_000);
		const before = sent.length;
		// As a package install prints: lines come in bursts, with pauses of 40 to 160 ms between them.
		let state = 7;
		const chance = (): number => {
			state = (state * 48_271) % 2_147_483_647;
			return state / 2_147_483_647;
		};
		for (let line = 0; line < 3_000; line++) {
			print();
			await clock.advance(Math.round(chance() < 0.92 ? 1 + chance() * 8 : 40 + chance() * 120));
		}
		const times = sent.slice(before).map(({ at }) => at);
		const apart = times.slice(1).map((at, n) => at - (times[n] as number));
		expect(apart.length).toBeGreaterThan(140);
		expect(apart.filter((ms) => ms > 350).length).toBeLessThanOrEqual(3);
	});

	it('[O3] may be acknowledged later by a viewer that does so seldom; one of version 1 is told nothing of that', async () => {
		for (const version of [1, 2]) {
			const { sent, spin } = await createBench(version);
			await spin(100);
			expect(sent[0]?.later).toBe(version === 2);
		}
	});
});

describe('what a program prints', () => {
	const page = Buffer.from(Array.from({ length: 400 }, (_, line) => `\x1b[38;5;${line % 256}m${'a line of it '.repeat(8)}\x1b[0m\r\n`).join(''));

	it('[O9] a large screen is one message for a viewer of version 2, and text in several for one of version 1', async () => {
		for (const version of [1, 2]) {
			const { clock, messages, draw } = await createBench(version);
			for (let at = 0; at < page.length; at += 4_096) draw(page.subarray(at, at + 4_096));
			await clock.advance(1_000);
			expect(messages.every((message) => Buffer.byteLength(message) <= relay.maxMessageBytes)).toBe(true);
			expect(messages.length > 1).toBe(version === 1);
			expect(/,d(,later)?\|/.test(messages.join(''))).toBe(version === 2);
		}
	});
});

describe('an interrupt', () => {
	const lines = (bytes: number): Buffer => Buffer.alloc(bytes, 'y\r\n');
	/** A terminal whose frames are spent, with so much that waits for the next. */
	const flooded = async (bytes: number) => {
		const bench = await createBench(2);
		await bench.spin(10_000);
		await bench.clock.advance(100);
		bench.draw(lines(bytes));
		return bench;
	};

	it.each(['\x03', '\x1a', '\x1c', 'k\x03'])('[O11] begins a new screen in the place of output that waits: %j', async (keys) => {
		const { clock, state, sent, type, draw } = await flooded(relay.maxUnwantedBytes);
		const before = sent.length;
		type(0, keys);
		expect(state.clients).toBe(2);
		draw(Buffer.from('^C $ '));
		await clock.advance(10);
		expect(sent.slice(before)).toMatchObject([{ offset: 0 }]);
	});

	it('[O11] begins none where little waits, nor does another key', async () => {
		const little = await flooded(relay.maxUnwantedBytes - 1);
		little.type(0, '\x03');
		expect(little.state.clients).toBe(1);
		const other = await flooded(relay.maxPendingBytes);
		other.type(0, 'k');
		expect(other.state.clients).toBe(1);
	});

	it('[O11] begins no other as long as its viewer has not heard of the last one', async () => {
		const { clock, state, type, draw } = await flooded(relay.maxPendingBytes);
		state.silent = true;
		for (let n = 0; n < 5; n++) {
			type(n, '\x03');
			await clock.advance(200);
			draw(lines(relay.maxPendingBytes));
		}
		expect(state.clients).toBe(2);
	});
});

describe('a page that is hidden', () => {
	it('[O12] gets one frame a second, and what there is at once when it is seen again', async () => {
		const { clock, state, sent, terminal, spin, print } = await createBench(2);
		await spin(10_000);
		terminal.look(1);
		await spin(1_000);
		expect(await spin(10_000)).toBe(10);
		await clock.advance(500);
		print();
		await clock.advance(100);
		print();
		const seen = clock.now();
		terminal.look(2);
		await clock.advance(0);
		expect(sent.at(-1)?.at).toBe(seen);
		expect(await spin(10_000)).toBeGreaterThanOrEqual(40);
		expect(state.clients).toBe(1);
	});

	it('[O12] gets a new screen when it is seen again and much waits', async () => {
		const { clock, state, terminal, spin, draw } = await createBench(2);
		await spin(1_000);
		terminal.look(1);
		await clock.advance(2_000);
		draw(Buffer.from('x'));
		await clock.advance(0);
		draw(Buffer.alloc(relay.maxUnwantedBytes, 'x'));
		terminal.look(2);
		expect(state.clients).toBe(2);
	});

	it('[O12] is what its newest word says, however late an older one comes', async () => {
		const { terminal, spin } = await createBench(2);
		await spin(10_000);
		terminal.look(3);
		for (const late of [2, 1, 3, undefined]) terminal.look(late);
		await spin(1_000);
		expect(await spin(5_000)).toBe(5);
		terminal.look(4);
		terminal.look(3);
		expect(await spin(5_000)).toBeGreaterThanOrEqual(20);
	});
});

describe('a viewer that is not there any more', () => {
	it('[O5] gets what may be on its way, and nothing more is made of what is printed', async () => {
		const { state, sent, spin } = await createBench(2);
		await spin(100);
		state.silent = true;
		await spin(20_000);
		const before = sent.length;
		await spin(20_000);
		// Only the first is sent again, every 3 s.
		expect(sent.length - before).toBeLessThanOrEqual(7);
		expect(new Set(sent.slice(before).map(({ offset }) => offset)).size).toBe(1);
	});
});
