import { type ControlMessage, decodeControl } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { type ErrorCode, errorCodes } from '@shellpod/protocol/errors.ts';
import { encodeHello, Hello } from '@shellpod/protocol/hello.ts';
import { patterns } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { damaged } from './arbitraries.ts';

const senders = fc.stringMatching(patterns.sender);
const generations = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const peers = fc.record({
	sender: senders,
	tag: fc.string({ maxLength: 400 }),
	expiresInMs: fc.integer(),
	versions: fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 16 }),
});
const codes = fc.constantFrom(...(Object.keys(errorCodes) as ErrorCode[]));
const messages: fc.Arbitrary<ControlMessage> = fc.oneof(
	fc.record({
		type: fc.constant('welcome' as const),
		sender: senders,
		session: fc.stringMatching(patterns.session),
		generation: generations,
		peers: fc.array(peers, { maxLength: 4 }),
	}),
	fc.record({ type: fc.constant('peer' as const), generation: generations, peer: peers }),
	fc.record({ type: fc.constant('gone' as const), sender: senders }),
	fc.record({ type: fc.constant('away' as const), code: codes, message: fc.string(), retryAfterMs: fc.nat() }),
	fc.record(
		{ type: fc.constant('fatal' as const), code: codes, message: fc.string(), retryAfterMs: fc.nat() },
		{ requiredKeys: ['type', 'code', 'message'] },
	),
);

describe('control messages', () => {
	test('come out as they went in', () => {
		holds([messages], (message) => expect(decodeControl(encodeControl(message))).toEqual(message));
	});

	test('[T3] damaged ones are refused or still of their shape', () => {
		holds([damaged(messages.map(encodeControl))], (text) => {
			const message = decodeControl(text);
			if (message) expect(decodeControl(encodeControl(message))).toEqual(message);
		});
	});

	test('fields of a later version are ignored', () => {
		expect(decodeControl('c{"type":"gone","sender":"abcd","since":3}')).toEqual({ type: 'gone', sender: 'abcd' });
	});
});

describe('hello', () => {
	test('[T2] carries versions, and nothing that says who it is', () => {
		expect(Hello.parse(JSON.parse(encodeHello([2, 1])))).toEqual({ action: 'hello', versions: [2, 1] });
		for (const wrong of [
			{},
			{ versions: [] },
			{ versions: [0] },
			{ versions: [1.5] },
			{ versions: Array(17).fill(1) },
			{ versions: [1], user: 'me' },
		])
			expect(Hello.safeParse({ action: 'hello', ...wrong }).success, JSON.stringify(wrong)).toBe(false);
	});
});
