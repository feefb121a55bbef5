import { deflateRawSync } from 'node:zlib';
import { relay } from '@shellpod/protocol/limits.ts';
import { decodePayload, encodePayload, wholeCharacters } from '@shellpod/protocol/payload.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { chunks } from './arbitraries.ts';

const encoder = new TextEncoder();
const isWhole = (bytes: Uint8Array): boolean => encodePayload(bytes).encoding === 'u';
const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).map((text) => encoder.encode(text));

describe('a payload', () => {
	test('keeps every byte', () => {
		holds([chunks], (bytes) => {
			const { encoding, text } = encodePayload(bytes);
			expect(decodePayload(encoding, text)).toEqual(bytes);
		});
	});

	test('goes as text where it is text, a byte order mark included', () => {
		expect(encodePayload(encoder.encode('\u{feff}é😀'))).toEqual({ encoding: 'u', text: '\u{feff}é😀', wireBytes: 9 });
		expect(encodePayload(Uint8Array.of(0xc3))).toEqual({ encoding: 'b', text: 'ww==', wireBytes: 4 });
	});

	test('[O9] is deflated for who understands that, above 256 bytes, where it becomes smaller', () => {
		const pack = (bytes: Uint8Array): string => deflateRawSync(bytes).toString('base64');
		const long = new Uint8Array(257).fill(0x61);
		const { encoding, text } = encodePayload(long, pack);
		expect(encoding).toBe('d');
		expect(decodePayload('d', text)).toEqual(long);
		expect(encodePayload(long).encoding).toBe('u');
		expect(encodePayload(long.subarray(1), pack).encoding).toBe('u');
		expect(encodePayload(long, () => 'x'.repeat(257)).encoding).toBe('u');
	});

	test('[O9] refuses what becomes more than a record may hold', () => {
		const packed = (length: number): string => deflateRawSync(Buffer.alloc(length)).toString('base64');
		expect(decodePayload('d', packed(relay.maxUnpackedBytes))).toHaveLength(relay.maxUnpackedBytes);
		expect(() => decodePayload('d', packed(relay.maxUnpackedBytes + 1))).toThrow(TypeError);
		expect(() => decodePayload('d', 'AAAA')).toThrow(TypeError);
	});

	test('refuses what is not base64', () => {
		holds([fc.string({ unit: 'binary' })], (text) => {
			try {
				decodePayload('b', text);
			} catch (error) {
				expect(error).toBeInstanceOf(TypeError);
			}
		});
		for (const text of ['=', 'A', 'AAA=A', 'A A=', 'é']) expect(() => decodePayload('b', text), text).toThrow(TypeError);
	});
});

describe('wholeCharacters', () => {
	test('[O4] cuts no character of a text, and takes as much as it can', () => {
		holds([texts, fc.integer({ min: 4, max: 300 })], (bytes, limit) => {
			const taken = wholeCharacters(bytes, limit);
			expect(taken).toBeLessThanOrEqual(Math.min(limit, bytes.length));
			expect(taken).toBeGreaterThan(Math.min(limit, bytes.length) - 4);
			expect(isWhole(bytes.subarray(0, taken))).toBe(true);
		});
	});

	test('comes to the end of any bytes at any limit', () => {
		holds([chunks, fc.integer({ min: 1, max: 50 })], (bytes, limit) => {
			const parts: Uint8Array[] = [];
			for (let at = 0; at < bytes.length; ) {
				const taken = wholeCharacters(bytes.subarray(at), limit);
				expect(taken).toBeGreaterThan(0);
				expect(taken).toBeLessThanOrEqual(limit);
				parts.push(bytes.subarray(at, at + taken));
				at += taken;
			}
			expect(Buffer.concat(parts)).toEqual(Buffer.from(bytes));
		});
	});

	test('holds back the beginning of a character that is not complete', () => {
		const bytes = encoder.encode('ab😀');
		expect([5, 4, 3].map((end) => wholeCharacters(bytes.subarray(0, end), 100))).toEqual([2, 2, 2]);
		expect(wholeCharacters(bytes, 100)).toBe(6);
	});
});
