import { relay } from '@shellpod/protocol/limits.ts';
import { decodePayload } from '@shellpod/protocol/payload.ts';
import { createGrid } from '@shellpod/task-image/agent/grid.ts';
import { createInput } from '@shellpod/task-image/agent/input.ts';
import { type Chunk, createOutput } from '@shellpod/task-image/agent/output.ts';
import { createQueryFilter } from '@shellpod/task-image/agent/queries.ts';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const bytesOf = ({ payload }: Chunk): Buffer => Buffer.from(decodePayload(payload.encoding, payload.text));

describe('output', () => {
	let clock: ReturnType<typeof manualClock>;
	let sent: { at: number; chunk: Chunk }[];
	let paused: boolean;
	/** ms that the pace holds the next chunk back */
	let held: number;
	let output: ReturnType<typeof createOutput>;
	const texts = (): string[] => sent.map(({ chunk }) => bytesOf(chunk).toString());

	beforeEach(() => {
		clock = manualClock();
		sent = [];
		paused = false;
		held = 0;
		output = createOutput({
			manners: { many: false, resendMs: () => relay.resendMs },
			wait: () => held,
			clock,
			transmit: (chunk) => sent.push({ at: clock.now(), chunk }),
			source: {
				pause: () => {
					paused = true;
				},
				resume: () => {
					paused = false;
				},
				skipped: async () => 0,
			},
		});
	});

	test('a screen begins whole, when nothing came for 8 ms; after a rest the first byte goes at once, the next are gathered 8 ms', async () => {
		output.push(bytes('one '));
		await clock.advance(7);
		output.push(bytes('screen'));
		await clock.advance(7);
		expect(texts()).toEqual([]);
		await clock.advance(1);
		expect(texts()).toEqual(['one screen']);
		output.acknowledge(10);
		await clock.advance(100);
		const rested = clock.now();
		output.push(bytes('a'));
		await clock.advance(0);
		expect(sent.at(-1)).toMatchObject({ at: rested, chunk: { offset: 10 } });
		output.acknowledge(11);
		output.push(bytes('b'));
		await clock.advance(4);
		output.push(bytes('c'));
		expect(sent).toHaveLength(2);
		await clock.advance(4);
		expect(texts()[2]).toBe('bc');
	});

	test('a screen of a program that prints on and on begins after 40 ms', async () => {
		const begun = clock.now();
		for (let ms = 0; ms < 45; ms += 5) {
			output.push(bytes('.'));
			await clock.advance(5);
		}
		expect(sent.map(({ at }) => at - begun)).toEqual([40]);
	});

	test('[security 18] what the pace holds back gathers, and goes in one', async () => {
		output.push(bytes('screen'));
		await clock.advance(8);
		output.acknowledge(6);
		held = 50;
		output.push(bytes('a'));
		await clock.advance(40);
		output.push(bytes('b'));
		expect(texts()).toEqual(['screen']);
		held = 10;
		await clock.advance(50);
		expect(texts()).toEqual(['screen', 'ab']);
	});

	test('[O4] one chunk is in flight, sent again every second until it is shown', async () => {
		output.push(bytes('first'));
		await clock.advance(8);
		output.push(bytes('second'));
		await clock.advance(2_500);
		expect(texts()).toEqual(['first', 'first', 'first']);
		output.acknowledge(3);
		await clock.advance(1_000);
		expect(texts().at(-1)).toBe('first');
		output.acknowledge(5);
		await clock.advance(8);
		expect(sent.at(-1)?.chunk.offset).toBe(5);
		expect(texts().at(-1)).toBe('second');
	});

	test('[O4] chunks cut no character, whatever the program writes at a time', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.string({ unit: 'binary', maxLength: 30 })), fc.array(fc.integer({ min: 1, max: 9 })), async (parts, cuts) => {
				const whole = bytes(parts.join(''));
				const own = manualClock();
				const out: Buffer[] = [];
				const fresh = createOutput({
					manners: { many: false, resendMs: () => relay.resendMs },
					wait: () => 0,
					clock: own,
					transmit: (chunk) => out.push(bytesOf(chunk)),
					source: { pause: () => {}, resume: () => {}, skipped: async () => 0 },
				});
				let shown = 0;
				for (let at = 0, n = 0; at < whole.length; n++) {
					const length = cuts[n % Math.max(1, cuts.length)] ?? 3;
					fresh.push(whole.subarray(at, at + length));
					at += length;
					await own.advance(9);
					shown = Buffer.concat(out).length;
					fresh.acknowledge(shown);
				}
				await own.advance(100);
				fresh.acknowledge(Buffer.concat(out).length);
				await own.advance(100);
				expect(Buffer.concat(out).equals(whole)).toBe(true);
				for (const chunk of out) expect(Buffer.from(chunk.toString('utf8')).equals(chunk)).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});

	test('half a character that never gets its other half goes after 50 ms', async () => {
		output.push(Buffer.from([0xe4, 0xb8]));
		await clock.advance(57);
		expect(sent).toHaveLength(0);
		await clock.advance(1);
		expect(sent.map(({ chunk }) => [...bytesOf(chunk)])).toEqual([[0xe4, 0xb8]]);
	});

	test('[O5] the source is paused when 42 KB wait, and goes on when half of them do', async () => {
		output.push(Buffer.alloc(relay.maxPendingBytes - 1, 'x'));
		expect(paused).toBe(false);
		output.push(bytes('x'));
		expect(paused).toBe(true);
		await clock.advance(8);
		expect(paused).toBe(true);
		output.acknowledge(relay.maxChunkBytes);
		await clock.advance(8);
		expect(paused).toBe(false);
		expect(sent.every(({ chunk }) => bytesOf(chunk).length <= relay.maxChunkBytes)).toBe(true);
	});

	test('acknowledgements that can not be are ignored', async () => {
		output.push(bytes('abc'));
		await clock.advance(8);
		output.acknowledge(4_000_000);
		await clock.advance(1_000);
		expect(texts()).toEqual(['abc', 'abc']);
	});

	test('when stopped it sends nothing more and lets its source run out', async () => {
		output.push(Buffer.alloc(relay.maxPendingBytes, 'x'));
		output.stop();
		expect(paused).toBe(false);
		await clock.advance(5_000);
		expect(sent).toEqual([]);
	});
});

describe('input', () => {
	test('[I2] whatever comes, doubled, mixed, cut and with gaps: each byte once, in order', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 1, maxLength: 200 }),
				fc.array(fc.tuple(fc.nat(220), fc.nat(60), fc.integer({ min: 0, max: 5 })), { maxLength: 80 }),
				(whole, deliveries) => {
					const input = createInput(manualClock());
					const written: number[] = [];
					const deliver = (offset: number, length: number, takes: number): void => {
						input.accept(offset, whole.subarray(offset, offset + length));
						let room = takes;
						input.flush((given) => {
							const count = Math.min(room, given.length);
							room -= count;
							written.push(...given.subarray(0, count));
							return count;
						});
						expect(input.received).toBe(written.length);
						expect(written).toEqual([...whole.subarray(0, written.length)]);
					};
					for (const delivery of deliveries) deliver(...delivery);
					deliver(input.received + input.waiting, whole.length, Number.POSITIVE_INFINITY);
					expect(written).toEqual([...whole]);
				},
			),
		);
	});

	test('what no program takes waits up to 64 KB', () => {
		const input = createInput(manualClock());
		const chunk = Buffer.alloc(16 * 1024);
		for (let offset = 0; offset < 1_000_000; offset += chunk.length) input.accept(offset, chunk);
		expect(input.waiting).toBe(relay.maxQueuedInputBytes);
	});

	test('[I2] echoed is what was written 50 ms ago', async () => {
		const clock = manualClock();
		const input = createInput(clock);
		const type = (offset: number, text: string): void => {
			input.accept(offset, bytes(text));
			input.flush((given) => given.length);
		};
		type(0, 'abc');
		await clock.advance(30);
		type(3, 'de');
		expect(input).toMatchObject({ received: 5, echoed: 0 });
		await clock.advance(20);
		expect(input.echoed).toBe(3);
		await clock.advance(30);
		expect(input.echoed).toBe(5);
	});
});

describe("a tmux client's questions", () => {
	test('are answered here and not shown, wherever a read cuts them', () => {
		const stream = '\x1b[?1049h\x1b[c\x1b[>c\x1b[>q\x1b[1;1Hhello\x1b[>4;2m';
		for (let cut = 0; cut <= stream.length; cut++) {
			const answered: string[] = [];
			const filter = createQueryFilter((answer) => answered.push(Buffer.from(answer).toString('latin1')));
			const out = Buffer.concat([filter(bytes(stream.slice(0, cut))), filter(bytes(stream.slice(cut)))]).toString('latin1');
			expect(out).toBe('\x1b[?1049h\x1b[1;1Hhello\x1b[>4;2m');
			expect(answered).toEqual(['\x1b[?1;2c', '\x1b[>0;276;0c', '\x1bP>|xterm.js\x1b\\']);
		}
	});

	test('are looked for only at its beginning', () => {
		const filter = createQueryFilter(() => expect.unreachable());
		filter(Buffer.alloc(5_000, '.'));
		expect(Buffer.from(filter(bytes('\x1b[c\x1b'))).toString()).toBe('\x1b[c\x1b');
	});
});

describe('the grid', () => {
	test('changes at once after a calm, and then only to the last wish', async () => {
		const clock = manualClock();
		const sizes: string[] = [];
		const grid = createGrid({ clock, changed: () => sizes.push(`${grid.size.columns}x${grid.size.rows}`) });
		grid.wish({ columns: 100, rows: 30 });
		expect(sizes).toEqual(['100x30']);
		for (let columns = 101; columns < 120; columns++) grid.wish({ columns, rows: 30 });
		await clock.advance(99);
		expect(sizes).toEqual(['100x30']);
		await clock.advance(1);
		expect(sizes).toEqual(['100x30', '119x30']);
		grid.wish({ columns: 119, rows: 30 });
		await clock.advance(1_000);
		expect(sizes).toHaveLength(2);
	});
});
