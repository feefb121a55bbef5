/** The numbers are the rules of functions/core/SPEC.md. */
import type { IdleChoice, IdleState } from '@shellpod/functions/core/idle.ts';
import { idleTimes } from '@shellpod/functions/core/idle-choice.ts';
import { begun, chosen, heard, judged, seen } from '@shellpod/functions/core/idle-policy.ts';
import type { Activity } from '@shellpod/protocol/activity.ts';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { at, dateAt } from '../support/session-records.ts';

const minute = 60;
const hour = 60 * minute;
const choice: IdleChoice = { limitMs: hour * 1_000, overrules: {} };
const never: IdleChoice = { ...choice, limitMs: null };
const limits = { unattendedMs: 168 * hour * 1_000 };

const start = (chose = choice): IdleState => begun(dateAt(0), chose, limits);
const says = (changes: Partial<Activity> = {}): Activity => ({ action: 'activity', inputMs: null, doing: [], ...changes });
const doing = (kind: Activity['doing'][number]['kind'], since: number, name = 'make', left?: number): Activity['doing'][number] => ({
	kind,
	name,
	sinceMs: since * 1_000,
	...(left !== undefined && { leftMs: left * 1_000 }),
});
const hear = (state: IdleState, said: Activity, seconds: number, chose = choice): IdleState =>
	heard(state, said, at(0), dateAt(seconds), chose, limits);
const judge = (state: IdleState, seconds: number, silent = false) => judged(state, dateAt(seconds), { silent }, limits);

describe('signs', () => {
	it('[N2] a task begins with the limit that was chosen', () => {
		expect(start()).toEqual({ deadline: at(hour), last: { kind: 'start', name: '', at: at(0) }, doing: [], seenAt: at(0) });
		expect(start(never).deadline).toBe(at(168 * hour));
	});

	it('[N3] typing counts from when it was typed, not from when it was told', () => {
		const typed = hear(start(), says({ inputMs: 50_000 }), 10 * minute);
		expect(typed.last).toEqual({ kind: 'input', name: '', at: at(10 * minute - 50) });
		expect(typed.deadline).toBe(at(hour + 10 * minute - 50));
		expect(hear(typed, says({ inputMs: 9 * minute * 1_000 }), 10 * minute).deadline).toBe(typed.deadline);
	});

	it('[N1] nothing is older than the task', () => {
		const late = hear(start(), says({ inputMs: 3 * hour * 1_000, doing: [doing('job', 3 * hour)] }), minute);
		expect(late.last.kind).toBe('job');
		expect(late.doing).toEqual([{ kind: 'job', name: 'make', since: at(0) }]);
	});

	it('[N3] opening a terminal gives 10 min at least, and is seen', () => {
		const short = { ...choice, limitMs: 5 * minute * 1_000 };
		const opened = seen(begun(dateAt(0), short, limits), { kind: 'open' }, dateAt(4 * minute), short, limits);
		expect(opened).toMatchObject({ deadline: at(14 * minute), seenAt: at(4 * minute), last: { kind: 'open' } });
	});

	it('[N3] Keep gives as long as it says, and takes nothing away', () => {
		const kept = seen(start(), { kind: 'keep', ms: hour * 1_000 }, dateAt(50 * minute), choice, limits);
		expect(kept.deadline).toBe(at(110 * minute));
		expect(seen(kept, { kind: 'keep', ms: 60_000 }, dateAt(51 * minute), choice, limits).deadline).toBe(at(110 * minute));
	});

	it('[N2] only another choice brings the deadline nearer', () => {
		const shorter = { ...choice, limitMs: 15 * minute * 1_000 };
		expect(chosen(start(), dateAt(minute), shorter, limits).deadline).toBe(at(16 * minute));
		expect(chosen(start(), dateAt(minute), never, limits).deadline).toBe(at(168 * hour + minute));
	});

	it.each([
		['turn', 'claude', at(20 * minute + hour)],
		['job', 'make', at(20 * minute + hour)],
		['permission', 'claude', at(10 * minute + 2 * hour)],
		['server', 'vite', at(hour)],
	] as const)('[N4] a %s that goes on for 10 min', (kind, name, deadline) => {
		expect(hear(start(), says({ doing: [doing(kind, 10 * minute, name)] }), 20 * minute).deadline).toBe(deadline);
	});

	it('[N4] a wait for permission gives its 2 h once', () => {
		const waits = (seconds: number) => says({ doing: [doing('permission', seconds, 'claude')] });
		const later = hear(hear(start(), waits(0), 0), waits(90 * minute), 90 * minute);
		expect(later.deadline).toBe(at(2 * hour));
	});

	it('[N4] a turn counts for 12 h, a hold until its end', () => {
		expect(hear(start(), says({ doing: [doing('turn', 12 * hour, 'claude')] }), 12 * hour).deadline).toBe(at(hour));
		expect(hear(start(), says({ doing: [doing('turn', 12 * hour - 1, 'claude')] }), 12 * hour).deadline).toBe(at(13 * hour));
		expect(hear(start(), says({ doing: [doing('hold', 0, 'migration', 0)] }), minute).deadline).toBe(at(hour));
		expect(hear(start(), says({ doing: [doing('hold', 0, 'migration', 60)] }), minute).deadline).toBe(at(hour + minute));
		expect(hear(start(), says({ doing: [doing('hold', 0, 'migration', 99 * hour)] }), minute).doing[0]?.until).toBe(at(12 * hour + minute));
	});

	it('[N4] what has ended counts until its end', () => {
		const ended = hear(start(), says({ done: { kind: 'turn', name: 'claude', agoMs: 30_000 } }), 20 * minute);
		expect(ended).toMatchObject({ deadline: at(hour + 20 * minute - 30), last: { kind: 'turn', name: 'claude', at: at(20 * minute - 30) } });
	});

	it('[N4] a user may say otherwise of a program, not of a hold', () => {
		const overruled = { ...choice, overrules: { vite: true, make: false, migration: false } };
		const at10 = (one: Activity['doing'][number]) => hear(start(), says({ doing: [one] }), 10 * minute, overruled).deadline;
		expect(at10(doing('server', 0, 'vite'))).toBe(at(hour + 10 * minute));
		expect(at10(doing('job', 0, 'make'))).toBe(at(hour));
		expect(at10(doing('job', 0, 'constructor'))).toBe(at(hour + 10 * minute));
		expect(at10(doing('hold', 0, 'migration', 60))).toBe(at(hour + 10 * minute));
	});

	it('[N2] what set the deadline is the last sign, of several at once the one that holds it', () => {
		const held = [doing('hold', 0, 'migration', hour), doing('turn', 60, 'claude'), doing('job', 60), doing('permission', 60, 'claude')];
		for (const all of [held, held.toReversed()]) expect(hear(start(), says({ doing: all }), minute).last.kind).toBe('hold');
		const typed = hear(start(), says({ inputMs: 0 }), 20 * minute);
		expect(hear(typed, says({ done: { kind: 'job', name: 'make', agoMs: 60_000 } }), 20 * minute).last.kind).toBe('input');
	});

	it('[N1] what ended, or was typed, before the task began is none of its', () => {
		const at30 = (said: Activity) => heard(start(), said, at(30), dateAt(minute), choice, limits);
		const done = { kind: 'job', name: 'make', agoMs: 50_000 } as const;
		expect(at30(says({ done }))).toMatchObject({ deadline: at(hour + 30), last: { kind: 'job', at: at(30) } });
		expect(at30(says({ inputMs: 50_000 })).last.kind).toBe('start');
	});

	it('[N4] a server that ended has kept nothing', () => {
		const ended = hear(start(), says({ done: { kind: 'server', name: 'vite', agoMs: 0 } }), 20 * minute);
		expect(ended).toMatchObject({ deadline: at(hour), last: { kind: 'start' } });
	});

	it("[N2] says when it is the operator's maximum that stops it, from the instant on in which it is", () => {
		expect(start()).not.toHaveProperty('maximum');
		expect(start(never)).toMatchObject({ maximum: true });
		expect(start({ ...choice, limitMs: limits.unattendedMs })).toMatchObject({ maximum: true });
		expect(start({ ...choice, limitMs: limits.unattendedMs - 1 })).not.toHaveProperty('maximum');
	});

	it('[N3] Keep of one that is never to stop gives the maximum anew', () => {
		const kept = seen(start(never), { kind: 'keep', ms: hour * 1_000 }, dateAt(50 * minute), never, limits);
		expect(kept).toMatchObject({ deadline: at(168 * hour + 50 * minute), maximum: true });
	});

	it('shows the words of a tenant plain', () => {
		expect(hear(start(), says({ doing: [doing('job', 0, '\x1b[31mma\u202eke\x1b[0m')] }), 1).doing[0]?.name).toBe('ma ke');
	});
});

describe('the end', () => {
	const asked = (state: IdleState, seconds: number): IdleState => ({ ...state, asking: { nonce: 'n', at: at(seconds) } });

	it('[N6] at the deadline the agent is asked, and stopped for only when it found nothing', () => {
		expect(judge(start(), hour - 1)).toEqual({ kind: 'run', until: at(hour) });
		expect(judge(start(), hour)).toEqual({ kind: 'ask', until: at(hour + 5 * minute) });
		const asking = asked(start(), hour);
		expect(judge(asking, hour + 1)).toEqual({ kind: 'run', until: at(hour + 5 * minute) });
		expect(judge(asking, hour + 5 * minute)).toEqual({ kind: 'ask', until: at(hour + 10 * minute) });
		expect(judge(hear(asking, says({ answer: 'n' }), hour + 1), hour + 2)).toEqual({ kind: 'stop', why: 'idle' });
	});

	it('[N6] an answer that found something keeps it, one to another question says nothing', () => {
		const asking = asked(start(), hour);
		const found = hear(asking, says({ answer: 'n', doing: [doing('job', 60)] }), hour + 1);
		expect(found.asking).toBeUndefined();
		expect(judge(found, hour + 2)).toEqual({ kind: 'run', until: at(2 * hour + 1) });
		expect(judge(hear(asking, says({ answer: 'older' }), hour + 1), hour + 2).kind).toBe('run');
	});

	it('[N5] what its user does after the question takes it back', () => {
		const asking = hear(asked(start(), hour), says({ answer: 'n' }), hour + 1);
		expect(judge(seen(asking, { kind: 'open' }, dateAt(hour + 2), choice, limits), hour + 3).kind).toBe('run');
		for (const back of [
			seen(asking, { kind: 'open' }, dateAt(hour + 2), choice, limits),
			chosen(asking, dateAt(hour + 2), { ...choice, limitMs: 1_000 }, limits),
		])
			expect(back.asking).toBeUndefined();
	});

	it('[N7] a silent session is stopped 3 h past its deadline, whether its connection is there or not', () => {
		expect(judge(start(), hour, true)).toEqual({ kind: 'run', until: at(4 * hour) });
		expect(judge(start(), 4 * hour, true)).toEqual({ kind: 'stop', why: 'silent' });
		expect(judge(asked(start(), 4 * hour - 1), 4 * hour)).toEqual({ kind: 'stop', why: 'silent' });
	});

	it('[N7] one whose agent is back after hours is asked first, and stopped when it does not answer', () => {
		for (const away of [start(), asked(start(), hour + 1)]) {
			expect(judge(away, 6 * hour)).toEqual({ kind: 'ask', until: at(6 * hour + 5 * minute) });
			const back = asked(away, 6 * hour);
			expect(judge(hear(back, says({ doing: [doing('job', 5 * hour)] }), 6 * hour + 1), 6 * hour + 2)).toEqual({
				kind: 'run',
				until: at(7 * hour + 1),
			});
			expect(judge(back, 6 * hour + 5 * minute)).toEqual({ kind: 'stop', why: 'silent' });
		}
	});

	it("[N2] at the operator's maximum nothing is asked any more", () => {
		const working = hear(start(), says({ inputMs: 0, doing: [doing('job', 0)] }), 168 * hour - 1);
		expect(working.deadline).toBe(at(168 * hour));
		expect(judge(working, 168 * hour)).toEqual({ kind: 'stop', why: 'maximum' });
	});
});

test('[N2] [N5] whatever an agent says, the deadline moves only away and never beyond the maximum, and nothing is stopped before it', () => {
	const kind = fc.constantFrom('turn', 'permission', 'job', 'server', 'hold');
	const ms = fc.integer({ min: 0, max: 400 * hour * 1_000 });
	const message = fc.record({
		inputMs: fc.option(ms),
		doing: fc.array(fc.record({ kind, name: fc.constantFrom('make', 'vite', ''), sinceMs: ms, leftMs: ms }), { maxLength: 4 }),
		answer: fc.constantFrom('n', 'x'),
	});
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(6 * hour), message), { maxLength: 30 }), fc.constantFrom(choice, never), (story, chose) => {
			let state = start(chose);
			let now = 0;
			for (const [pause, said] of story) {
				now += pause;
				const verdict = judge(state, now);
				if (verdict.kind === 'stop') {
					expect(at(now) >= state.deadline).toBe(true);
					return;
				}
				if (verdict.kind === 'ask') state = { ...state, asking: { nonce: 'n', at: at(now) } };
				const next = hear(state, { action: 'activity', ...said } as Activity, now, chose);
				expect(next.deadline >= state.deadline).toBe(true);
				expect(Date.parse(next.deadline)).toBeLessThanOrEqual(Date.parse(next.seenAt) + limits.unattendedMs);
				expect(next.seenAt).toBe(state.seenAt);
				for (const one of next.doing) expect(one.since >= at(0) && one.since <= at(now)).toBe(true);
				state = next;
			}
		}),
	);
	expect(idleTimes.open).toBe(600_000);
});
