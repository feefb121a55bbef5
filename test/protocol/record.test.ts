import {
	type AgentRecord,
	decodeAgentRecords,
	decodeViewerRecords,
	encodeAgentRecord,
	encodeViewerRecord,
	joinRecords,
	type ViewerRecord,
} from '@shellpod/protocol/record.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { agentRecords, damaged, viewerRecords } from './arbitraries.ts';

const encodeViewer = (records: readonly ViewerRecord[]) => joinRecords(records.map(encodeViewerRecord));
const encodeAgent = (records: readonly AgentRecord[]) => joinRecords(records.map(encodeAgentRecord));
const some = { minLength: 1, maxLength: 6 };

/** Hostile text gives records or a TypeError; anything else is a crash. */
const decodesOrRefuses = (decode: (text: string) => unknown[], text: string) => {
	try {
		expect(decode(text).length).toBeGreaterThan(0);
	} catch (error) {
		expect(error).toBeInstanceOf(TypeError);
	}
};

describe('records', () => {
	test('of a viewer come out as they went in', () => {
		holds([fc.array(viewerRecords, some)], (records) => expect(decodeViewerRecords(encodeViewer(records))).toEqual(records));
	});

	test('of an agent come out as they went in', () => {
		holds([fc.array(agentRecords, some)], (records) => expect(decodeAgentRecords(encodeAgent(records))).toEqual(records));
	});

	test('[T3] any text is decoded or refused, by both ends', () => {
		holds([fc.string({ unit: 'binary' })], (text) => {
			decodesOrRefuses(decodeViewerRecords, text);
			decodesOrRefuses(decodeAgentRecords, text);
		});
	});

	test('[T3] damaged messages are decoded or refused, by both ends', () => {
		const good = fc.oneof(fc.array(viewerRecords, some).map(encodeViewer), fc.array(agentRecords, some).map(encodeAgent));
		holds(
			[damaged(good)],
			(text) => {
				decodesOrRefuses(decodeViewerRecords, text);
				decodesOrRefuses(decodeAgentRecords, text);
			},
			500,
		);
	});

	test('a message of one record carries no length', () => {
		expect(joinRecords(['dabcdefgh:|'])).toBe('dabcdefgh:|');
		expect(joinRecords(['dabcdefgh:|', 'qabcdefgh:1|'])).toBe('+11|dabcdefgh:|+12|qabcdefgh:1|');
	});

	test('a cut message is refused whole', () => {
		const message = joinRecords(['dabcdefgh:|', 'iabcdefgh:epoch1,0,0,0,u|text']);
		const first = '+11|dabcdefgh:|'.length;
		for (let end = 1; end < message.length; end++)
			if (end !== first) expect(() => decodeViewerRecords(message.slice(0, end)), message.slice(0, end)).toThrow(TypeError);
	});

	test.each([
		['a viewer says what only agents say', 'oabcdefgh:epoch1,1,0,0,0,u|x'],
		['no terminal', 'd:|'],
		['a terminal of another alphabet', 'dABCDEFGH:|'],
		['a missing field', 'iabcdefgh:epoch1,0,0|x'],
		['a number below zero', 'qabcdefgh:-1|'],
		['a number that is too large', 'qabcdefgh:zzzzzzzzzzz|'],
		['a size out of range', 'zabcdefgh:1,1,type|'],
		['an unknown reason', 'zabcdefgh:28,o,because|'],
		['an unknown encoding', 'iabcdefgh:epoch1,0,0,0,x|x'],
		['text that is not base64', 'iabcdefgh:epoch1,0,0,0,b|=A|'],
	])('refuses %s', (_, text) => {
		expect(() => decodeViewerRecords(text)).toThrow(TypeError);
	});
});
