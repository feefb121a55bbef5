import type { Idle } from '@shellpod/protocol/activity.ts';
import { briefOf, duration, sentenceOf, type Told } from '@shellpod/protocol/sentences.ts';
import { expect, test } from 'vitest';
import { idleView as idle } from '../support/idle-view.ts';

const at = (clock: string): string => `2026-11-22T${clock}:00.000Z`;
const reader = { now: Date.parse(at('12:00')), time: (iso: string) => iso.slice(11, 16) };
const doing = (kind: Idle['doing'][number]['kind'], name: string, since: string, more: Partial<Idle['doing'][number]> = {}) => ({
	kind,
	name,
	counts: kind !== 'server',
	since: at(since),
	until: null,
	...more,
});
const ended = { last: { kind: 'turn', name: '', at: at('02:11') }, stopped: { why: 'idle', at: at('03:12') } } as const;

test.each<[string, Idle]>([
	['Running: Claude has been working for 12 min. Would stop 1 h after it ends.', idle({ doing: [doing('turn', '', '11:48')] })],
	['Running: make test has been running for 2 h 5 min. Would stop 1 h after it ends.', idle({ doing: [doing('job', 'make test', '09:55')] })],
	[
		'Running: it is held until 14:00: migration. Would stop 1 h after that.',
		idle({ doing: [doing('job', 'psql', '11:00'), doing('hold', 'migration', '11:30', { until: at('14:00') })] }),
	],
	['Running: Claude has been waiting for your answer for 1 h. Stops 13:00.', idle({ doing: [doing('permission', '', '11:00')] })],
	['Running, in use (last: you typed 12:00). Stops 13:00 unless something happens.', idle()],
	[
		"Running, idle for 30 min (last: Claude's turn ended 11:30). npm run dev listens, which doesn't keep it. Stops 12:30 unless something happens.",
		idle({ stopsAt: at('12:30'), last: { kind: 'turn', name: '', at: at('11:30') }, doing: [doing('server', 'npm run dev', '08:00')] }),
	],
	[
		'Running: npm run dev has been running for 4 h. Would stop 1 h after it ends.',
		idle({ doing: [doing('server', 'npm run dev', '08:00', { counts: true })] }),
	],
	['Running. Never stops by itself.', idle({ limitMinutes: null, stopsAt: null })],
	[
		'Running. Stops 13:00: the operator lets nothing run for longer unless you come back or keep it.',
		idle({ limitMinutes: null, maximum: true, doing: [doing('job', 'make', '08:00')] }),
	],
	['Running, but nothing has been heard of it since 11:40. Stops 16:00 if that stays so.', idle({ silentSince: at('11:40'), stopsAt: at('16:00') })],
])('a running session: %s', (sentence, told) => {
	expect(sentenceOf({ state: 'Running', idle: told }, reader)).toBe(sentence);
});

test.each<[string | undefined, string, Idle]>([
	['stops 13:00', 'nothing goes on', idle()],
	['kept: Claude works', 'a turn', idle({ doing: [doing('job', 'make', '09:55'), doing('turn', '', '11:48')] })],
	['kept: make test', 'a job', idle({ doing: [doing('job', 'make test', '09:55')] })],
	['kept: npm run dev', 'a server that counts', idle({ doing: [doing('server', 'npm run dev', '08:00', { counts: true })] })],
	['stops 13:00', 'a server', idle({ doing: [doing('server', 'npm run dev', '08:00')] })],
	['held until 14:00', 'a hold', idle({ doing: [doing('job', 'psql', '11:00'), doing('hold', 'migration', '11:30', { until: at('14:00') })] })],
	['held', 'a hold of a command', idle({ doing: [doing('hold', 'make', '11:30')] })],
	['stops 13:00', 'a question, which gives its time once', idle({ doing: [doing('permission', '', '11:00')] })],
	['stops 13:00', 'a job under the maximum', idle({ maximum: true, doing: [doing('job', 'make', '08:00')] })],
	['stops 16:00', 'silence', idle({ silentSince: at('11:40'), stopsAt: at('16:00'), doing: [doing('turn', '', '11:00')] })],
	[undefined, 'never', idle({ limitMinutes: null, stopsAt: null, doing: [doing('job', 'make', '08:00')] })],
])('in a bar: %s (%s)', (words, _, told) => {
	expect(briefOf({ state: 'Running', idle: told }, reader)).toBe(words);
	expect(briefOf({ state: 'Stopped', idle: told }, reader)).toBeUndefined();
});

const rested = { at: at('03:12'), by: 'platform', why: 'Nobody used it' } as const;

test.each<[string, Idle, string[]]>([
	["Stopped 03:12 after 1 h idle. Last activity: Claude's turn ended 02:11. Ended: npm run dev.", idle(ended), ['npm run dev']],
	[
		"Stopped 03:12 because nothing was heard of it any more. Last activity: Claude's turn ended 02:11.",
		idle({ ...ended, stopped: { why: 'silent', at: at('03:12') } }),
		[],
	],
	[
		"Stopped 03:12 because you had not been seen for as long as the operator allows. Last activity: Claude's turn ended 02:11. Ended: Claude, make.",
		idle({ ...ended, limitMinutes: null, stopped: { why: 'maximum', at: at('03:12') } }),
		['Claude', 'make'],
	],
])('a session that nobody used: %s', (sentence, told, names) => {
	expect(sentenceOf({ state: 'Stopped', idle: told, stopped: rested, ended: names }, reader)).toBe(sentence);
});

test.each<[string, Told]>([
	['Stopped 11:30 by you.', { state: 'Stopped', idle: idle(), stopped: { at: at('11:30'), by: 'user', why: 'You stopped it' } }],
	[
		'Stopping since 11:30 by you. Ended: make.',
		{ state: 'Stopping', idle: idle(), stopped: { at: at('11:30'), by: 'user', why: 'You stopped it' }, ended: ['make'] },
	],
	[
		'Stopped 11:30: your budget of $20 for November was used up. Ended: make.',
		// It had been stopped for idleness before, which is not why it is now.
		{
			state: 'Stopped',
			idle: idle(ended),
			stopped: { at: at('11:30'), by: 'platform', why: 'Your budget of $20 for November was used up' },
			ended: ['make'],
		},
	],
	['Ended: make.', { state: 'Failed', idle: idle(), stopped: null, ended: ['make'] }],
])('one that was ended otherwise: %s', (sentence, told) => {
	expect(sentenceOf(told, reader)).toBe(sentence);
});

test('says nothing where there is nothing to say', () => {
	expect(sentenceOf({ state: 'Running', idle: null }, reader)).toBeUndefined();
	expect(sentenceOf({ state: 'Stopped', idle: idle(ended), stopped: null, ended: [] }, reader)).toBeUndefined();
	expect(sentenceOf({ state: 'Starting', idle: idle() }, reader)).toBeUndefined();
});

test.each([
	[0, '1 min'],
	[59 * 60_000, '59 min'],
	[60 * 60_000, '1 h'],
	[90 * 60_000, '1 h 30 min'],
	[47 * 3_600_000, '47 h'],
	[72 * 3_600_000, '3 days'],
])('%i ms are %s', (ms, text) => {
	expect(duration(ms)).toBe(text);
});
