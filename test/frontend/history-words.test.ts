/** What happened to a session, as sentences. */
import type { SessionEvent } from '@shellpod/protocol/http.ts';
import { describe, expect, it } from 'vitest';
import { daysOf, sentenceOf } from '../../frontend/src/history/sentences.ts';

const event = (changes: Partial<SessionEvent>): SessionEvent => ({
	id: 'x',
	kind: 'moved',
	at: '2026-11-22T12:00:00.000Z',
	generation: 3,
	by: null,
	why: null,
	device: null,
	from: null,
	to: null,
	count: 1,
	ended: [],
	...changes,
});

describe('an event in words', () => {
	const words: [string, Partial<SessionEvent>][] = [
		['You started it, with Firefox on Linux.', { by: 'user', why: 'You started it', from: 'Stopped', to: 'Starting', device: 'Firefox on Linux' }],
		['The operator stopped it.', { by: 'operator', why: 'The operator stopped it', from: 'Running', to: 'Stopping' }],
		['It runs.', { by: 'platform', from: 'Starting', to: 'Running' }],
		[
			'The machine that it ran on is gone. It comes back by itself. It starts as generation 3.',
			{ by: 'platform', why: 'The machine that it ran on is gone. It comes back by itself', from: 'Running', to: 'Starting' },
		],
		['AWS has no capacity for it just now.', { by: 'platform', why: 'AWS has no capacity for it just now', from: 'Starting', to: 'Failed' }],
		['It changed 11 times; the last time: You stopped it.', { by: 'user', why: 'You stopped it', to: 'Stopping', count: 11 }],
		[
			'You stopped it, with Firefox on Linux. Ended: npm run dev, Claude.',
			{ by: 'user', why: 'You stopped it', from: 'Running', to: 'Stopping', device: 'Firefox on Linux', ended: ['npm run dev', 'Claude'] },
		],
		[
			'It moves to the new image. Ended: make.',
			{ by: 'platform', why: 'It moves to the new image', from: 'Running', to: 'Stopping', ended: ['make'] },
		],
		['You opened a terminal, with Safari on an iPhone.', { kind: 'opened', device: 'Safari on an iPhone' }],
		['Its machine connected.', { kind: 'agent_came' }],
	];
	it.each(words)('[17] %s', (sentence, changes) => expect(sentenceOf(event(changes))).toBe(sentence));

	it('[17] stands under its day, the newest first', () => {
		const days = daysOf(['2026-11-20T12:00:00.000Z', '2026-11-22T12:00:00.000Z', '2026-11-22T12:30:00.000Z'].map((at) => event({ at })));
		expect(days.map((day) => day.events.map(({ at }) => at))).toEqual([
			['2026-11-22T12:30:00.000Z', '2026-11-22T12:00:00.000Z'],
			['2026-11-20T12:00:00.000Z'],
		]);
	});
});
