/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { createHolds } from '@shellpod/task-image/agent/senses/holds.ts';
import { createNews, type Seen } from '@shellpod/task-image/agent/senses/news.ts';
import { expect, test } from 'vitest';

const minute = 60_000;
const job = (name: string, since = 0) => ({ kind: 'job' as const, name, since });
const idle: Seen = { doing: [] };

/** It has told once, as on each connection. */
const connected = () => {
	const news = createNews();
	expect(news.next(idle, 0)).toEqual({ action: 'activity', inputMs: null, doing: [] });
	return news;
};

test('[A5] nothing is told while nothing goes on, but once on each connection', () => {
	const news = connected();
	for (let at = 0; at < 60; at++) expect(news.next(idle, at * minute)).toBeUndefined();
	news.again();
	expect(news.next(idle, 60 * minute)).toEqual({ action: 'activity', inputMs: null, doing: [] });
});

test('[A5] what begins and what ends is told at once, what goes on each minute', () => {
	const news = connected();
	const working: Seen = { doing: [job('make', 1_000)] };
	expect(news.next(working, 2_000)).toEqual({ action: 'activity', inputMs: null, doing: [{ kind: 'job', name: 'make', sinceMs: 1_000 }] });
	expect(news.next(working, 61_999)).toBeUndefined();
	expect(news.next(working, 62_000)?.doing).toHaveLength(1);
	expect(news.next(idle, 70_000)).toEqual({ action: 'activity', inputMs: null, doing: [], done: { kind: 'job', name: 'make', agoMs: 0 } });
	expect(news.next(idle, 200_000)).toBeUndefined();
});

test('[A5] the first key after a rest is told at once, those after it each minute', () => {
	const news = connected();
	expect(news.next({ doing: [], inputAt: 10 }, 20)?.inputMs).toBe(10);
	expect(news.next({ doing: [], inputAt: 30_000 }, 30_001)).toBeUndefined();
	expect(news.next({ doing: [], inputAt: 30_000 }, 60_020)?.inputMs).toBe(30_020);
	expect(news.next({ doing: [], inputAt: 30_000 }, 900_000)).toBeUndefined();
});

test('[A5] the first key after a rest is told at once beside what goes on and does not count, also right after an answer', () => {
	const news = connected();
	const doing = [{ kind: 'server' as const, name: 'vite', since: 0 }];
	news.next({ doing }, 10);
	expect(news.next({ doing, inputAt: 20 }, 20)?.inputMs).toBe(0);
	expect(news.next({ doing, inputAt: 20 }, 3_600_000, 'n')?.answer).toBe('n');
	expect(news.next({ doing, inputAt: 3_600_500 }, 3_600_500)?.inputMs).toBe(0);
	expect(news.next({ doing, inputAt: 3_601_000 }, 3_601_000)).toBeUndefined();
	// and never more than one a minute for it
	expect(news.next({ doing, inputAt: 3_660_400 }, 3_660_499)).toBeUndefined();
	expect(news.next({ doing, inputAt: 3_660_400 }, 3_660_500)?.inputMs).toBe(100);
});

test('[A5] a question has an answer in any case; what was lost is told again', () => {
	const news = createNews();
	expect(news.next(idle, 0, 'n')).toEqual({ action: 'activity', answer: 'n', inputMs: null, doing: [] });
	const working: Seen = { doing: [job('make')] };
	news.next(working, 10);
	news.again();
	expect(news.next(working, 20)?.doing).toHaveLength(1);
});

test('[A2] a turn that ended says when, not when that was noticed', () => {
	const news = createNews();
	news.next({ doing: [{ kind: 'turn', name: '', since: 0 }] }, 1_000);
	expect(news.next({ doing: [], turnEndedAt: 5_000 }, 6_000)?.done).toEqual({ kind: 'turn', name: '', agoMs: 1_000 });
});

test('[A4] a hold ends by its time, by its process, by a word; 12 h at most', () => {
	const holds = createHolds();
	const [long, short] = [
		holds.take({ reason: 'migration', ms: 99 * 60 * minute }, 0),
		holds.take({ reason: 'tests', ms: minute, process: { pid: 9, startedAt: 1 } }, 0),
	];
	expect(long?.until).toBe(12 * 60 * minute);
	expect(holds.current(1, () => true).map(({ reason }) => reason)).toEqual(['migration', 'tests']);
	expect(holds.current(2, () => false).map(({ reason }) => reason)).toEqual(['migration']);
	expect(holds.current(long?.until ?? 0, () => true)).toEqual([]);
	expect(short?.id).not.toBe(long?.id);
	const again = createHolds([{ id: 7, reason: 'saved', since: 0, until: minute }]);
	expect(again.take({ reason: 'more', ms: 1 }, 0)?.id).toBe(8);
	expect(again.release().map(({ reason }) => reason)).toEqual(['saved', 'more']);
	for (let count = 0; count < 16; count++) again.take({ reason: '', ms: minute }, 0);
	expect(again.take({ reason: '', ms: minute }, 0)).toBeUndefined();
});
