import { relay } from '@shellpod/protocol/limits.ts';
import { createPace } from '@shellpod/protocol/pace.ts';
import { beforeEach, expect, test } from 'vitest';
import type { Chunk } from '../../../frontend/src/stream/input-queue.ts';
import { createTyping, type Typing } from '../../../frontend/src/stream/typing.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

let clock: VirtualClock;
let live: boolean;
let sent: Chunk[];
let asides: string[];
let typing: Typing;
beforeEach(() => {
	clock = createVirtualClock();
	live = true;
	sent = [];
	asides = [];
	typing = createTyping({
		clock,
		pace: createPace(() => clock.now()),
		live: () => live,
		transmit: (chunk) => sent.push(chunk),
		onAside: ({ bytes }) => asides.push(decode(bytes)),
	});
});

const type = (text: string) => typing.add(encode(text), true);
const cut = () => {
	live = false;
	typing.stop();
};
/** The agent has written so much, and taken so much. */
const back = (received: number, taken: number | 'untold' = received) => {
	typing.received(received);
	typing.back(taken === 'untold' ? undefined : taken);
	live = true;
	sent = [];
	typing.send();
};
/** All that is sent while the agent takes everything. */
const arrived = () => {
	let text = '';
	for (let chunk = sent.at(-1); chunk; chunk = sent.length > 0 ? sent.at(-1) : undefined) {
		text += decode(chunk.bytes);
		sent = [];
		typing.received(chunk.offset + chunk.bytes.length);
		typing.send();
	}
	return text;
};

test('[I3] [I7] what was typed in a short cut may go before the agent has said what it has; in a long one nothing does', () => {
	cut();
	expect(typing.early()).toBeUndefined();
	type('ls');
	clock.run(30_000);
	type('\r');
	expect(decode(typing.early()?.bytes)).toBe('ls\r');
	clock.run(1);
	expect(typing.early()).toBeUndefined();
});

test('[I7] [P10] of what was typed while it was cut off, the last 30 s go by themselves, and what is older by a word of its user', () => {
	cut();
	for (const key of ['r', 'm', ' ', '*']) type(key);
	clock.run(20_000);
	type('ls');
	clock.run(10_001);
	back(0);
	expect(typing.aside).toEqual({ bytes: encode('rm *'), keystrokes: 4 });
	expect(asides).toEqual(['rm *']);
	expect(typing.keystrokes).toBe(1);
	expect(arrived()).toBe('ls');
	typing.sendAside();
	expect(arrived()).toBe('rm *');
	expect(asides).toEqual(['rm *', '']);
	expect(typing.size).toBe(0);
});

test('[I7] what nobody wants any more is gone', () => {
	cut();
	type('old');
	clock.run(40_000);
	back(0);
	typing.dropAside();
	expect(typing.aside.keystrokes).toBe(0);
	type('new');
	expect(arrived()).toBe('new');
});

test('[I7] what was put aside stays over the next cut, and more comes behind it', () => {
	for (const text of ['one ', 'two ']) {
		cut();
		type(text);
		clock.run(40_000);
		back(0);
	}
	expect(decode(typing.aside.bytes)).toBe('one two ');
	expect(arrived()).toBe('');
});

test('[I7] what was in flight at the cut is put aside too, but for what the agent has taken', () => {
	type('abc');
	type('def');
	expect(decode(sent[0]?.bytes)).toBe('abc');
	cut();
	clock.run(300_000);
	back(0, 2);
	expect(decode(typing.aside.bytes)).toBe('cdef');
	expect(arrived()).toBe('ab');
	typing.sendAside();
	expect(arrived()).toBe('cdef');
});

test('[I7] what was sent less than 30 s ago may still arrive and keeps its place; an agent that doesn’t say what it has taken keeps all of it', () => {
	type('abc');
	clock.run(31_000);
	cut();
	clock.run(1_000);
	back(0);
	expect(arrived()).toBe('abc');
	type('def');
	sent = [];
	cut();
	clock.run(300_000);
	back(3, 'untold');
	expect(typing.aside.keystrokes).toBe(0);
	expect(arrived()).toBe('def');
});

test('[I7] answers of the terminal are nobody’s words: old ones are dropped', () => {
	type('a');
	typing.add(encode('\x1b[I'), false);
	cut();
	clock.run(300_000);
	back(0);
	expect(decode(typing.aside.bytes)).toBe('a');
});

test('[I5] what was put aside counts among the 64 KB that wait', () => {
	cut();
	expect(type('x'.repeat(relay.maxQueuedInputBytes))).toBe(true);
	clock.run(40_000);
	back(0);
	cut();
	expect(type('y')).toBe(false);
	typing.dropAside();
	expect(type('y')).toBe(true);
});

test('[I8] a paste of 300 KB is taken at once, goes chunk by chunk and whole, never within a character', () => {
	const text = 'äöü-€-'.repeat(30_000);
	expect(type(text)).toBe(true);
	expect(sent).toHaveLength(1);
	const sizes: number[] = [];
	let whole = '';
	for (let chunk = sent[0]; chunk; chunk = sent[0]) {
		sent = [];
		whole += decode(chunk.bytes);
		sizes.push(typing.size);
		typing.received(chunk.offset + chunk.bytes.length);
		typing.send();
	}
	expect(whole === text).toBe(true);
	expect(sizes.every((size, at) => at === 0 || size < (sizes[at - 1] ?? 0))).toBe(true);
});

test('[I8] cancelled, it ends with what was sent; a bracketed paste is ended for the program too', () => {
	type(`\x1b[200~${'x'.repeat(100_000)}\x1b[201~`);
	typing.cancel();
	const text = arrived();
	expect(text.length).toBeLessThan(25_000);
	expect(text.endsWith('x\x1b[201~')).toBe(true);
	type('y'.repeat(100_000));
	typing.cancel();
	expect(arrived()).toMatch(/^y+$/);
	expect(typing.size).toBe(0);
	// The mark lies across the cut.
	type(`\x1b[200~${'x'.repeat(relay.maxChunkBytes - 9)}\x1b[201~`);
	typing.cancel();
	expect(arrived().endsWith('\x1b[201~')).toBe(true);
});

test('[I4] a new epoch drops what waits, and not what its user may still want', () => {
	cut();
	type('old');
	clock.run(40_000);
	back(0);
	type('a');
	type('b');
	expect(typing.restart(0)).toBe(2);
	expect(typing.size).toBe(0);
	expect(typing.aside.keystrokes).toBe(1);
});

test('[I3] on a slow way what is sent again does not get the better of what is new, and so a paste arrives', () => {
	/** bytes a ms, in order */
	const speed = 1;
	let free = clock.now();
	let carried = 0;
	const paste = 300_000;
	const arrivals: { at: number; end: number }[] = [];
	type('x'.repeat(paste));
	for (const limit = clock.now() + 2 * paste; clock.now() < limit; clock.run(100)) {
		for (const { offset, bytes } of sent.slice(carried)) {
			carried += 1;
			free = Math.max(free, clock.now()) + bytes.length / speed;
			arrivals.push({ at: free, end: offset + bytes.length });
		}
		while (arrivals[0] && arrivals[0].at <= clock.now()) if (typing.received(arrivals.shift()?.end ?? 0)) typing.send();
	}
	expect(typing.size).toBe(0);
	expect(sent.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(1.7 * paste);
});

test('[I3] a key that is lost goes again after 1 s, however often', () => {
	type('a');
	clock.run(3_500);
	expect(sent.map(({ bytes }) => decode(bytes))).toEqual(['a', 'a', 'a', 'a']);
});

test('[I3] what a slow way was like is forgotten with it', () => {
	type('x'.repeat(2_000));
	clock.run(20_000);
	cut();
	back(0);
	sent = [];
	clock.run(1_000);
	expect(sent).toHaveLength(1);
});
