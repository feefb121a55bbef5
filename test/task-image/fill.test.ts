/** How much goes into one message. */
import { relay } from '@shellpod/protocol/limits.ts';
import { decodePayload } from '@shellpod/protocol/payload.ts';
import { fillMessage, pack } from '@shellpod/task-image/agent/fill.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';

/** of few kinds of parts, from what becomes very small to what does not at all */
const outputs = fc
	.tuple(fc.integer({ min: 1, max: 40 }), fc.uint8Array({ minLength: 1, maxLength: 6_000 }), fc.string({ unit: 'binary', maxLength: 3_000 }))
	.map(([times, noise, text]) => Buffer.concat(Array.from({ length: times }, (_, n) => (n % 2 ? noise : Buffer.from(text)))))
	.filter(({ length }) => length > 0);

describe('[O9] what goes into one message', () => {
	test('is the beginning of what there is, fits, and never nothing', () => {
		holds([outputs, fc.boolean()], (bytes, packs) => {
			const { length, payload } = fillMessage(bytes, packs ? pack : undefined);
			expect(length).toBeGreaterThan(0);
			expect(payload.wireBytes).toBe(Buffer.byteLength(payload.text));
			expect(payload.wireBytes).toBeLessThanOrEqual(relay.maxPayloadBytes);
			expect(Buffer.from(decodePayload(payload.encoding, payload.text)).equals(bytes.subarray(0, length))).toBe(true);
		});
	});

	test('is all of a screen that is small when deflated, and the most of noise', () => {
		const screen = Buffer.alloc(200_000, '\x1b[38;2;1;2;3mx');
		expect(fillMessage(screen, pack)).toMatchObject({ length: screen.length, payload: { encoding: 'd' } });
		const noise = crypto.getRandomValues(new Uint8Array(60_000));
		const { length, payload } = fillMessage(noise, pack);
		expect(length).toBeGreaterThanOrEqual(relay.maxChunkBytes * 0.95);
		expect(payload.wireBytes).toBeLessThanOrEqual(relay.maxPayloadBytes);
	});

	test('is text where that is short, or no larger than what it would be deflated', () => {
		expect(fillMessage(Buffer.alloc(relay.minPackedBytes, 'x'), pack).payload.encoding).toBe('u');
		expect(fillMessage(Buffer.alloc(relay.minPackedBytes + 1, 'x'), pack).payload.encoding).toBe('d');
		// Each character once, in no order: deflate finds nothing, and base64 makes it larger.
		const each = Buffer.from(Array.from({ length: 300 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000))).join(''));
		expect(fillMessage(each, pack).payload.encoding).toBe('u');
	});
});
