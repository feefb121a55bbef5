import { constants, deflateRawSync } from 'node:zlib';
import { inflate } from '@shellpod/protocol/inflate.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../frontend/support/seeded-random.ts';
import { holds } from '../support/property.ts';

const limit = 256 * 1024;
const strategies = [constants.Z_DEFAULT_STRATEGY, constants.Z_FILTERED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];
/** bytes of few kinds, so that they repeat, and of any */
const contents = fc.oneof(
	fc.uint8Array({ maxLength: 3_000 }),
	fc
		.array(fc.constantFrom('\u{1b}[38;5;12m', 'word ', '\r\n', '\u{1b}[K', 'é😀', 'x'), { maxLength: 2_000 })
		.map((parts) => Buffer.from(parts.join(''))),
);
const deflated = fc
	.tuple(contents, fc.constantFrom(...strategies), fc.integer({ min: 0, max: 9 }), fc.integer({ min: 9, max: 15 }))
	.map(([bytes, strategy, level, windowBits]) => ({ bytes, packed: deflateRawSync(bytes, { strategy, level, windowBits }) }));

const inflatesOrRefuses = (bytes: Uint8Array): void => {
	try {
		expect(inflate(bytes, limit).length).toBeLessThanOrEqual(limit);
	} catch (error) {
		expect(error).toBeInstanceOf(TypeError);
	}
};

describe('[O9] what was deflated', () => {
	test('comes out as it went in, whatever the way', () => {
		holds([deflated], ({ bytes, packed }) => expect(Buffer.from(inflate(packed, limit)).equals(Buffer.from(bytes))).toBe(true));
	});

	test('comes out as it went in, when it is large: blocks that are stored, of codes of their own, and of long reach', () => {
		const random = createRandom(11);
		const noise = Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(random() * 256)));
		const lines = Buffer.from(Array.from({ length: 4_000 }, (_, line) => `${line} ${Math.floor(random() * 1e6)} the quick brown fox\r\n`).join(''));
		for (const bytes of [noise, lines, Buffer.concat([noise, lines, noise]).subarray(0, limit), Buffer.alloc(limit, 'y')])
			for (const level of [1, 6, 9]) expect(Buffer.from(inflate(deflateRawSync(bytes, { level }), limit)).equals(bytes)).toBe(true);
	});

	test('is refused as soon as more comes out than may', () => {
		const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
		expect(() => inflate(bomb, limit)).toThrow(TypeError);
		expect(inflate(deflateRawSync(Buffer.alloc(limit)), limit)).toHaveLength(limit);
		expect(() => inflate(deflateRawSync(Buffer.alloc(limit + 1)), limit)).toThrow(TypeError);
		expect(() => inflate(deflateRawSync(Buffer.alloc(11), { level: 0 }), 10)).toThrow(TypeError);
	});

	test('is refused where it is cut, or something follows it', () => {
		holds([deflated, fc.nat()], ({ packed }, at) => {
			expect(() => inflate(packed.subarray(0, at % packed.length), limit)).toThrow(TypeError);
			expect(() => inflate(Buffer.concat([packed, Buffer.from('x')]), limit)).toThrow(TypeError);
		});
	});

	test('is refused with a TypeError or read, whatever it is', () => {
		holds([fc.uint8Array({ maxLength: 300 })], inflatesOrRefuses);
		holds([deflated, fc.nat(), fc.integer({ min: 1, max: 255 })], ({ packed }, at, change) => {
			const changed = Uint8Array.from(packed);
			changed[at % changed.length] = (changed[at % changed.length] as number) ^ change;
			inflatesOrRefuses(changed);
		});
	});
});
