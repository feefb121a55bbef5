import { pong } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { decodeArrival, decodeToRelay, encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { patterns } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { damaged } from './arbitraries.ts';

const payloads = fc.string({ unit: 'binary' });
const senders = fc.stringMatching(patterns.sender);
const generations = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('frames', () => {
	test('to the relay come out as they went in', () => {
		holds([fc.stringMatching(/^[!-~]{1,400}$/), payloads], (tag, payload) =>
			expect(decodeToRelay(encodeToRelay(tag, payload))).toEqual({ tag, payload }),
		);
	});

	test('from the relay come out as they went in', () => {
		holds([senders, generations, payloads], (sender, generation, payload) =>
			expect(decodeArrival(encodeFromRelay(sender, generation, payload))).toEqual({ kind: 'frame', sender, generation, payload }),
		);
	});

	test('[T3] anything may arrive: it is of some kind, and never throws', () => {
		const good = fc.tuple(senders, generations, payloads).map((parts) => encodeFromRelay(...parts));
		holds(
			[fc.oneof(payloads, damaged(good))],
			(text) => {
				expect(['frame', 'control', 'pong', 'noise']).toContain(decodeArrival(text).kind);
				decodeToRelay(text);
			},
			500,
		);
	});

	test.each([
		'{"message":"Internal server error","connectionId":"a=","requestId":"b="}',
		'{"message":"Endpoint request timed out","connectionId":"a=","requestId":"b="}',
		'',
		'c{"type":"surprise"}',
		'c{',
		'fabcd,0 x',
		'fabcd,1',
		'fABCD,1 x',
		'fabcd,1.5 x',
	])('[T3] %j is noise', (text) => {
		expect(decodeArrival(text).kind).toBe('noise');
	});

	test('[T3] noise is shown in part only', () => {
		expect(decodeArrival('x'.repeat(10_000))).toEqual({ kind: 'noise', text: 'x'.repeat(200) });
	});

	test('the control plane and the gateway are understood', () => {
		expect(decodeArrival(pong)).toEqual({ kind: 'pong' });
		expect(decodeArrival(encodeControl({ type: 'gone', sender: 'abcdefgh' }))).toEqual({
			kind: 'control',
			message: { type: 'gone', sender: 'abcdefgh' },
		});
	});

	test('to the relay needs a tag', () => {
		for (const text of ['', 't', 't ', 'tabc', 'xabc d']) expect(decodeToRelay(text), text).toBeUndefined();
	});
});
