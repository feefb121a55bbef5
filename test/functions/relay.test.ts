import { createRelay } from '@shellpod/functions/core/relay.ts';
import { createRelayKeys } from '@shellpod/functions/core/relay-keys.ts';
import { mintTag } from '@shellpod/functions/core/tags.ts';
import type { KeyRing, Sent } from '@shellpod/functions/relay-ports.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { relay as limits } from '@shellpod/protocol/limits.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsAsync } from '../support/property.ts';
import { caller, connection, flakyConnections, memoryKeys, noMeter } from '../support/sockets.ts';

const viewer = caller('viewer', 'v', 3);
const agent = caller('agent', 'a', 3);
const [here, there] = [connection('viewer'), connection('agent')];

const setUp = () => {
	const clock = { now: Date.parse('2026-11-22T08:00:00Z') };
	const now = () => new Date(clock.now);
	const store = memoryKeys();
	store.ring = { current: 'a', keys: { a: Buffer.alloc(32, 7).toString('base64url') } };
	const gateway = flakyConnections();
	const relay = createRelay({ keys: createRelayKeys({ store, now, random: () => new Uint8Array(32) }), gateway, meter: noMeter, now });
	const tag = (from = here, by = viewer, end = clock.now + limits.tagMs) =>
		mintTag(store.ring ?? { current: '', keys: {} }, from, by, { connection: there, sender: agent.sender }, end);
	return { clock, store, gateway, relay, tag };
};

describe('the relay', () => {
	test('posts a frame once, to the peer of its tag, in the name and generation that the gateway knows', async () => {
		await holdsAsync([fc.string({ unit: 'binary', maxLength: 300 })], async (payload) => {
			const { gateway, relay, tag } = setUp();
			expect(await relay(here, viewer, encodeToRelay(tag(), payload))).toBe('sent');
			expect(gateway.posts.map(({ to }) => to)).toEqual([there]);
			expect(decodeArrival(gateway.posts[0]?.text ?? '')).toEqual({ kind: 'frame', sender: viewer.sender, generation: 3, payload });
		});
	});

	test('[S7] posts nothing to a peer on a foreign tag, and tells the sender to ask again', async () => {
		const { gateway, relay, tag } = setUp();
		const strangers = [
			[connection('other'), viewer],
			[here, caller('agent', 'v', 3)],
			[here, caller('viewer', 'w', 3)],
			[here, caller('viewer', 'v', 4)],
		] as const;
		for (const [from, by] of strangers) {
			expect(await relay(from, by, encodeToRelay(tag(), 'x'))).toBe('refused');
			expect(gateway.posts.splice(0)).toEqual([{ to: from, text: `c{"type":"gone","sender":"${agent.sender}"}`, sent: 'sent' }]);
		}
	});

	test('[T4] a tag that has ended is healed by gone: the sender says hello', async () => {
		const { clock, gateway, relay, tag } = setUp();
		const old = tag();
		clock.now += limits.tagMs;
		expect(await relay(here, viewer, encodeToRelay(old, 'x'))).toBe('refused');
		expect(gateway.heard(here)).toEqual([{ type: 'gone', sender: agent.sender }]);
		expect(gateway.heard(there)).toEqual([]);
	});

	test('[T3] drops what is no frame without a word', async () => {
		const { gateway, relay, store } = setUp();
		for (const body of [undefined, '', 't', 'hello', '{"action":"surprise"}', 't.... x', 'tabc x', 'fabcd,1 x'])
			expect(await relay(here, viewer, body)).toBe('dropped');
		expect(gateway.posts).toEqual([]);
		expect(store.reads).toBe(0);
	});

	test('[T6] drops what is larger than 30 KB, counted in bytes', async () => {
		const { gateway, relay, tag } = setUp();
		const head = encodeToRelay(tag(), '').length;
		const room = limits.maxMessageBytes - head;
		expect(await relay(here, viewer, encodeToRelay(tag(), 'x'.repeat(room)))).toBe('sent');
		expect(await relay(here, viewer, encodeToRelay(tag(), 'x'.repeat(room + 1)))).toBe('dropped');
		expect(await relay(here, viewer, encodeToRelay(tag(), 'é'.repeat(room / 2 + 1)))).toBe('dropped');
		expect(gateway.posts).toHaveLength(1);
	});

	test.each<[Sent, number]>([
		['gone', 2],
		['busy', 1],
		['failed', 1],
	])('a peer that is %s costs %i posts', async (fault, posts) => {
		const { gateway, relay, tag } = setUp();
		gateway.faults.set(there, fault);
		expect(await relay(here, viewer, encodeToRelay(tag(), 'x'))).toBe(fault);
		expect(gateway.posts).toHaveLength(posts);
		expect(gateway.heard(here)).toEqual(fault === 'gone' ? [{ type: 'gone', sender: agent.sender }] : []);
	});

	test('reads its key once for any number of frames', async () => {
		const { relay, store, tag } = setUp();
		for (let frame = 0; frame < 20; frame++) await relay(here, viewer, encodeToRelay(tag(), 'x'));
		expect(store.reads).toBe(1);
	});

	test('reads again for a key that it does not know, and not for each forged one', async () => {
		const { clock, relay, store, tag } = setUp();
		await relay(here, viewer, encodeToRelay(tag(), 'x'));
		const before = store.ring?.keys ?? {};
		store.ring = { current: 'b', keys: { ...before, b: Buffer.alloc(32, 8).toString('base64url') } };
		expect(await relay(here, viewer, encodeToRelay(tag(), 'x'))).toBe('refused');
		clock.now += 5_000;
		expect(await relay(here, viewer, encodeToRelay(tag(), 'x'))).toBe('sent');
		expect(store.reads).toBe(2);
		const forged = tag().replace(/^b/, 'zz');
		for (let frame = 0; frame < 20; frame++) expect(await relay(here, viewer, encodeToRelay(forged, 'x'))).toBe('refused');
		expect(store.reads).toBe(2);
	});

	test('refuses all while there is no key', async () => {
		const { relay, store, tag, gateway } = setUp();
		const good = tag();
		store.ring = undefined;
		expect(await relay(here, viewer, encodeToRelay(good, 'x'))).toBe('refused');
		expect(gateway.heard(there)).toEqual([]);
	});
});

describe('the key ring', () => {
	const now = () => new Date(0);

	test('is made once, whoever needs it first', async () => {
		const store = memoryKeys();
		let seed = 0;
		const rings = await Promise.all(
			Array.from({ length: 8 }, () => createRelayKeys({ store, now, random: (bytes) => new Uint8Array(bytes).fill(++seed) }).signing()),
		);
		expect(new Set(rings.map((ring) => JSON.stringify(ring))).size).toBe(1);
		expect(Buffer.from(rings[0]?.keys[rings[0].current] ?? '', 'base64url')).toHaveLength(32);
	});

	test('in one environment it is made once however many want it, and again after that came to nothing', async () => {
		const store = memoryKeys();
		let made = 0;
		const make = async (ring: KeyRing): Promise<boolean> => {
			made++;
			if (made === 1) throw new Error('throttled');
			return memoryKeys().make(ring);
		};
		const keys = createRelayKeys({ store: { ...store, read: async () => undefined, make }, now, random: (bytes) => new Uint8Array(bytes) });
		const wanted = () => Promise.allSettled(Array.from({ length: 3 }, keys.signing));
		expect((await wanted()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		expect(made).toBe(1);
		expect((await wanted()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
		expect(made).toBe(2);
	});
});
