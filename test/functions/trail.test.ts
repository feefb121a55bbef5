/** What is written down of a session's life: functions/core/trail.ts, rule 17 of functions/core/SPEC.md. */
import { createEvents } from '@shellpod/functions/adapters/events.ts';
import { withBudget } from '@shellpod/functions/core/budget-watch.ts';
import { createDrive } from '@shellpod/functions/core/drive.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { isPlace, type Moved, maxPending, noted, placeOf, writtenDown } from '@shellpod/functions/core/trail.ts';
import type { Events, Sessions } from '@shellpod/functions/ports.ts';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { createInMemoryItems } from '../support/in-memory-items.ts';
import { at, plan, record, running, session, slot, user } from '../support/session-records.ts';

/** The record as it stands after a write of it. */
const put = (one: SessionRecord): SessionRecord => ({ ...noted(one), rev: one.rev + 1 });
const newest = (one: SessionRecord): Moved | undefined => one.trail?.pending.at(-1);

describe('what a write does', () => {
	it('[17] is noted with who, why, from where, from, to and generation', () => {
		const made = put(lifecycle.create({ user, id: session, name: 'demo', slot }, at(0)));
		expect(made.trail?.pending).toEqual([
			{ kind: 'moved', rev: 1, at: at(0), by: 'user', why: 'You created it', to: 'starting', wanted: 'running', generation: 1 },
		]);
		const stopped = lifecycle.stop(running(), at(9));
		expect(newest(put({ ...stopped, desired: { ...stopped.desired, device: 'Firefox on Linux' } }))).toEqual({
			kind: 'moved',
			rev: 2,
			at: at(9),
			by: 'user',
			why: 'You stopped it',
			device: 'Firefox on Linux',
			from: 'running',
			to: 'stopping',
			wanted: 'stopped',
			generation: 1,
		});
	});

	it('[17] is the platform’s when nobody asked for it', () => {
		const lost = lifecycle.nextGeneration(running(), at(30), { reason: 'The machine that it ran on is gone. It comes back by itself', code: 'host' });
		expect(newest(put(lost))).toMatchObject({ by: 'platform', at: at(30), why: /machine/, from: 'running', to: 'starting', generation: 2 });
		const again = lifecycle.nextGeneration({ ...record(), phaseAt: at(0) }, at(40), { reason: 'Trying again', code: 'exit' });
		expect(newest(put(again))).toMatchObject({ by: 'platform', at: at(40), from: 'starting', to: 'starting', generation: 2 });
	});

	it('[17] is the user’s though the state stays what it was', () => {
		const { phase, generation } = record();
		expect(newest(put(lifecycle.restart({ ...record(), task: undefined as never, phase, generation }, at(5))))).toBeUndefined();
		expect(newest(put(lifecycle.restart(running(), at(5))))).toMatchObject({ by: 'user', why: 'You restarted it', from: 'running', to: 'starting' });
	});

	it('[17] [C6] is all noted, each thing by a line of its own, when it moves, an update is planned and its budget has a word in the same write', () => {
		const told = { by: 'platform', at: at(9) } as const;
		const planned = { why: 'image', at: at(900), last: at(9_000), told: { ...told, why: 'A new image is ready' } } as const;
		const word = { ...told, month: '2026-11', usd: 5, state: 'near', why: '80% of your budget is used' } as const;
		const over = withBudget({ ...running(), upkeep: planned }, new Date(at(9)), 600_000, word);
		const lines = (one: SessionRecord): string[] => {
			const written = put(one);
			const move = newest(written);
			return move ? [`${move.rev} ${move.to} ${move.why}`, ...lines(writtenDown(written))] : [];
		};
		expect(lines(over)).toEqual(['2 running A new image is ready', '3 running 80% of your budget is used']);
		expect(lines(lifecycle.stop(over, at(9)))).toEqual([
			'2 stopping You stopped it',
			'3 stopping A new image is ready',
			'4 stopping 80% of your budget is used',
		]);
		// What is planned for a task ends with it.
		expect(lines(lifecycle.restart(over, at(9)))).toEqual(['2 starting You restarted it', '3 starting 80% of your budget is used']);
	});

	it('[17] is nothing when only a name, a step or a lease changes', () => {
		for (const change of [{ name: 'other' }, { step: 'image' as const }, { dueAt: at(500) }, { reason: 'Its agent does not answer' }])
			expect(put({ ...record(), ...change }).trail?.pending).toEqual([]);
	});

	it('[17] keeps the record due until it is written down, and no longer', () => {
		const stopped = put(lifecycle.stop(running(), at(9)));
		expect(stopped.dueAt).toBe(at(9));
		const { dueAt: _, ...later } = put({ ...stopped, dueAt: at(80) });
		expect(put(later).dueAt).toBe(at(9));
		expect(put({ ...writtenDown(stopped), dueAt: at(80) }).dueAt).toBe(at(80));
	});

	it('[17] is one line with others when too many wait, which says how many', () => {
		let one = running();
		for (let turn = 0; turn < maxPending + 10; turn++) one = put(turn % 2 ? lifecycle.start(one, at(turn)) : lifecycle.stop(one, at(turn)));
		const pending = one.trail?.pending ?? [];
		expect(pending).toHaveLength(maxPending);
		expect(pending.at(-1)).toMatchObject({ of: 11, at: at(maxPending + 9) });
		expect(pending.reduce((sum, { of = 1 }) => sum + of, 0)).toBe(maxPending + 10);
	});
});

describe('places', () => {
	it('[17] follow time, one per write; of visits there is one an hour, for each sign-in', () => {
		const moved = newest(put(lifecycle.stop(running(), at(9)))) ?? expect.fail();
		expect([placeOf(moved), isPlace(placeOf(moved))]).toEqual(['2026-11-22T08:00:09.000Z#00000002', true]);
		const visit = { kind: 'opened', generation: 3, signIn: 17, at: at(600) } as const;
		expect(placeOf(visit)).toBe('2026-11-22T08:00:00.000Z#opened.17');
		expect(placeOf({ ...visit, at: at(1_200) })).toBe(placeOf(visit));
		expect(placeOf({ ...visit, at: at(3_600) })).not.toBe(placeOf(visit));
		expect(placeOf({ ...visit, signIn: 18 })).not.toBe(placeOf(visit));
		expect(placeOf({ kind: 'agent_left', generation: 3, at: at(0) })).toBe('2026-11-22T08:00:00.000Z#agent_left.generation-3');
		for (const other of ['', 'x', `${placeOf(moved)}\n`, 'CONN#x', `${at(0)}#${'x'.repeat(41)}`]) expect(isPlace(other)).toBe(false);
	});

	it('[17] keep the first of the hour that came and the last that went, page by page', async () => {
		const events = createEvents(createInMemoryItems());
		for (const minute of [1, 20, 50]) {
			await events.put(session, { kind: 'opened', generation: 1, signIn: 17, at: at(minute * 60) });
			await events.put(session, { kind: 'closed', generation: 1, signIn: 17, at: at(minute * 60) });
		}
		expect((await events.newest(session, undefined, 10)).map(({ kind, at: time }) => [kind, time])).toEqual([
			['opened', at(60)],
			['closed', at(3_000)],
		]);
		const [first] = await events.newest(session, undefined, 1);
		expect(first?.kind).toBe('opened');
		expect((await events.newest(session, first && placeOf(first), 1)).map(({ kind }) => kind)).toEqual(['closed']);
	});
});

describe('from the record to items', () => {
	/** A control plane whose process dies at the call `last` to sessions or events, before or after it is made. */
	const mortal = (last: number, after: boolean) => {
		let calls = 0;
		const dying = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => {
			return async (...args: A): Promise<R> => {
				if (calls++ === last) {
					if (after) await work(...args);
					throw new Error('died');
				}
				return work(...args);
			};
		};
		const plane = createControlPlane();
		const sessions: Sessions = { ...plane.sessions, get: dying(plane.sessions.get), put: dying(plane.sessions.put) };
		const events: Pick<Events, 'put'> = { put: dying(plane.events.put) };
		const { tasks, definitions, gateway, log, clock } = plane;
		const drive = createDrive({
			sessions,
			tasks,
			definitions,
			reports: { get: async (id) => ({ session: id, times: [], rev: 0 }) },
			events,
			gateway,
			plan,
			now: clock.now,
			log,
		});
		return { ...plane, die: drive, count: () => calls };
	};

	const live = async (last: number, after: boolean) => {
		const { commands, addSlots, die, drive, tasks, clock, sessions, events, count } = mortal(last, after);
		await addSlots(1);
		const { id } = await commands.create(user, 'demo');
		const looks = async () => {
			await die(user, id).catch(() => undefined);
			clock.pass(10);
		};
		await looks();
		await commands.stop(user, id);
		await looks();
		tasks.settle();
		await looks();
		await looks();
		const used = count();
		for (let look = 0; look < 3; look++) await drive(user, id);
		const end = await sessions.get(user, id);
		return { used, end, told: await events.newest(id, undefined, 100) };
	};

	it('[17] each transition gets exactly one item, at whichever call the process dies', async () => {
		const { used } = await live(Number.POSITIVE_INFINITY, false);
		expect(used).toBeGreaterThan(6);
		for (let last = 0; last <= used; last++)
			for (const after of [false, true]) {
				const { end, told } = await live(last, after);
				expect(end?.trail?.pending, `at call ${last}`).toEqual([]);
				expect(
					told.map((event) => event.kind === 'moved' && [event.from, event.to, event.by]),
					`at call ${last}`,
				).toEqual([
					['stopping', 'stopped', 'platform'],
					['starting', 'stopping', 'user'],
					[undefined, 'starting', 'user'],
				]);
			}
	});

	it('[17] what can’t be written down stops nothing, and is written down later', async () => {
		const plane = createControlPlane();
		await plane.addSlots(1);
		const { id } = await plane.commands.create(user, 'demo');
		const { sessions, tasks, definitions, gateway, log, clock } = plane;
		let broken = true;
		const events: Pick<Events, 'put'> = { put: async (...args) => (broken ? Promise.reject(new Error('no')) : plane.events.put(...args)) };
		const drive = createDrive({
			sessions,
			tasks,
			definitions,
			reports: { get: async (one) => ({ session: one, times: [], rev: 0 }) },
			events,
			gateway,
			plan,
			now: clock.now,
			log,
		});
		const record = (await sessions.get(user, id)) ?? expect.fail();
		await sessions.put(lifecycle.stop(record, at(1)));
		tasks.settle();
		await drive(user, id);
		tasks.settle();
		expect(await drive(user, id)).toMatchObject({ phase: 'stopped', trail: { pending: [{ to: 'stopping' }, { to: 'stopped' }] } });
		broken = false;
		expect((await drive(user, id))?.trail?.pending).toEqual([]);
		expect(await plane.events.newest(id, undefined, 10)).toHaveLength(3);
	});
});
