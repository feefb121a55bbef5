import { createRemains } from '@shellpod/functions/adapters/remains.ts';
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createPurge } from '@shellpod/functions/core/purge.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { Purge, SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Observed } from '@shellpod/functions/ports.ts';
import { describe, expect, it } from 'vitest';
import { createInMemoryItems } from '../support/in-memory-items.ts';
import { createInMemoryLeases, createInMemorySessions, createInMemorySlots, createInMemoryUsers } from '../support/in-memory-table.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import {
	arnOf,
	at,
	base,
	dateAt,
	intent,
	nothing,
	plan,
	record,
	running,
	seen,
	session,
	slot,
	stopped,
	task,
	user,
} from '../support/session-records.ts';

const deleted = (from: SessionRecord, changes: Partial<SessionRecord> = {}): SessionRecord => ({
	...from,
	desired: { state: 'deleted', by: 'user', why: 'You deleted it for good', at: at(0) },
	...changes,
});

const decide = (before: SessionRecord, observed: Observed, seconds: number, current = base) =>
	reconcile(before, observed, dateAt(seconds), { ...plan, base: current });

/** A deleted session whose Home is being emptied by its generation 2, asked for at 0. */
const emptying = (changes: Partial<SessionRecord> = {}, purge: Partial<Purge> = {}): SessionRecord => {
	const { agent: _, start: __, step: ___, ...rest } = running();
	const work = { ...intent({ generation: 2, arn: arnOf('empty') }), work: 'empty' as const };
	return deleted({ ...rest, generation: 2, phase: 'stopped', task: work, purge: { step: 'empty', since: at(0), tries: 0, ...purge }, ...changes });
};
const emptier = (changes: Parameters<typeof task>[0] = {}) => task({ arn: arnOf('empty'), of: { session, generation: 2 }, ...changes });
const ended = (exitCode: number) =>
	emptier({ ...stopped(), arn: arnOf('empty'), of: { session, generation: 2 }, containers: [{ lastStatus: 'STOPPED', exitCode }] });

describe('[19] the Home of a deleted session is emptied', () => {
	it('by a task of a generation of its own, asked for by its intention, once nothing else runs', () => {
		const waiting = decide(deleted(running()), seen(task()), 10);
		expect(waiting.record.purge).toBeUndefined();
		expect(waiting.actions).toMatchObject([{ type: 'stop', arn: arnOf('one') }]);
		const begun = decide(waiting.record, seen(stopped()), 20);
		expect(begun.actions).toEqual([{ type: 'run' }]);
		expect(begun.record).toMatchObject({ phase: 'stopped', generation: 2, purge: { step: 'empty', tries: 0 } });
		expect(begun.record.task).toMatchObject({ generation: 2, attempt: 1, work: 'empty', requestedAt: at(20) });
	});

	it('never beside another task of the Home', () => {
		const waiting = emptying();
		delete waiting.task;
		const { record: after, actions } = decide(waiting, seen(task()), 30);
		expect(actions).toMatchObject([{ type: 'stop', arn: arnOf('one') }]);
		expect(after.task).toBeUndefined();
	});

	it('of a base that has changed, after its definition is registered anew', () => {
		const waiting = emptying();
		delete waiting.task;
		expect(decide(waiting, nothing, 30, 'arn:another:2').actions).toEqual([{ type: 'register' }]);
	});

	it('and what comes then begins only when the task says that nothing is left', () => {
		const { record: after, actions } = decide(emptying(), seen(ended(0)), 60);
		expect(after).toMatchObject({ purge: { step: 'access-point', tries: 0 }, dueAt: at(60), generation: 2 });
		expect(after.task).toBeUndefined();
		expect(actions).toEqual([]);
		expect(decide(after, nothing, 70).record, 'the rest is not its business').toBe(after);
	});

	it.each([1, 137, 143])('again by another generation, after a pause, when it ends with %i', (code) => {
		const failed = decide(emptying(), seen(ended(code)), 60);
		expect(failed.record).toMatchObject({
			generation: 3,
			purge: { step: 'empty', tries: 1, notBefore: at(120) },
			dueAt: at(120),
			reason: expect.any(String),
		});
		expect(failed.actions).toEqual([]);
		expect(decide(failed.record, nothing, 119).actions).toEqual([]);
		expect(decide(failed.record, nothing, 120).record.task).toMatchObject({ generation: 3, work: 'empty' });
	});

	it('pauses 1, 5, 15 and then each 60 min', () => {
		const pauses = [0, 1, 2, 3, 4, 9].map(
			(tries) => Date.parse(decide(emptying({}, { tries }), seen(ended(1)), 0).record.dueAt ?? '') - Date.parse(at(0)),
		);
		expect(pauses.map((ms) => ms / 60_000)).toEqual([1, 5, 15, 60, 60, 60]);
	});

	it('is asked for again with the same token while nobody knows, and is stopped after an hour', () => {
		const { task: asked } = emptying();
		if (!asked) return expect.fail();
		const { arn: _, ...unknown } = asked;
		const again = decide(emptying({ task: unknown }), nothing, 10);
		expect(again.actions).toEqual([{ type: 'run' }]);
		expect(again.record.task).toMatchObject({ clientToken: asked.clientToken, askedAt: at(10) });
		expect(decide(emptying(), seen(emptier()), 3_599).actions).toEqual([]);
		expect(decide(emptying(), seen(emptier()), 3_600).actions).toEqual([{ type: 'stop', arn: arnOf('empty'), why: 'It takes too long' }]);
	});

	it('after a refusal, in a generation of its own', () => {
		const refused = {
			...intent({ generation: 2 }),
			work: 'empty' as const,
			refused: { cause: { kind: 'capacity' as const, text: 'No capacity', advice: '', retry: true }, at: at(1) },
		};
		expect(decide(emptying({ task: refused }), nothing, 1).record).toMatchObject({ generation: 3, reason: 'No capacity', purge: { tries: 1 } });
	});
});

const steps = ['access-point', 'role', 'definitions', 'items', 'slot', 'record'] as const;

/** A deleted session whose Home is empty, and what is left of it. */
/** what the session has cost */
const spent = { day: '2026-11-22', today: { seconds: 100, units: 0 }, month: { seconds: 500, units: 7 } };

const withRemains = async () => {
	let seconds = 0;
	const items = createInMemoryItems();
	const world = {
		sessions: createInMemorySessions(),
		slots: createInMemorySlots(),
		users: createInMemoryUsers(),
		leases: createInMemoryLeases(),
		log: createLogLines(),
		done: [] as string[],
		failAt: undefined as string | undefined,
		items,
		pass: (more: number) => {
			seconds += more;
		},
	};
	const step = (name: string) => async (of: string) => {
		if (world.failAt === name) throw new Error(`${name} is not to be had`);
		world.done.push(`${name} ${of}`);
	};
	const purge: Purge = { step: 'access-point', since: at(0), tries: 0 };
	await world.sessions.create(deleted(record({ phase: 'stopped', purge, dueAt: at(0), spending: { settled: spent, tasks: {} } })));
	await world.slots.begin(slot.uid, at(-9));
	await world.slots.finish(slot, at(-9));
	const free = await world.slots.get(slot.uid);
	if (free?.state === 'free') await world.slots.take(free, { user, session }, at(-8));
	await world.users.put({ user, claims: { [session]: { name: 'demo', at: at(0), trashed: true }, other: { name: 'other', at: at(0) } }, rev: 0 });
	await createReportStore(items).put({ session, times: [], rev: 0, last: { generation: 1, kind: 'crash', text: 'x', at: at(0) } });
	await items.put({ pk: `SESSION#${session}`, sk: 'CONN#1' });
	await items.put({ pk: `METER#${session}`, sk: 'AGENT#1' });
	await items.put({ pk: 'METER#another', sk: 'AGENT#1' });
	const run = (holder = 'run-1') =>
		createPurge({
			...world,
			unmake: { accessPoint: step('access-point'), role: step('role'), definitions: step('definitions') },
			remains: createRemains(items),
			now: () => dateAt(seconds),
			wait: async (ms) => {
				seconds += ms / 1_000;
			},
			holder,
			budget: 40_000,
		})();
	return { ...world, run, world };
};

describe('[19] what else a deleted session has', () => {
	it('goes step by step, and its record last', async () => {
		const { run, sessions, slots, users, items, done, log } = await withRemains();
		expect(await run()).toBe(1);
		expect(done).toEqual([`access-point ${slot.accessPointId}`, `role ${slot.roleName}`, `definitions ${slot.family}`]);
		expect(sessions.all()).toEqual([]);
		expect(await slots.get(slot.uid)).toBeUndefined();
		expect(Object.keys((await users.get(user)).claims)).toEqual(['other']);
		expect((await users.get(user)).gone, '[C5]').toEqual({ [session]: spent });
		expect(items.all().map(({ pk }) => pk)).toEqual(['METER#another']);
		expect(log.lines.filter(({ event }) => event === 'purge_moved').map(({ fields }) => fields.step)).toEqual(steps.slice(1));
		expect(await run()).toBe(0);
	});

	it.each(steps)('goes on at %s when a run was cut off there, before or after it was done', async (step) => {
		const { run, sessions, slots, users } = await withRemains();
		const [first] = sessions.all();
		if (!first) return expect.fail();
		await run();
		// As if only this much had been written down.
		await sessions.create({ ...first, purge: { step, since: at(0), tries: 0 } });
		expect(await run()).toBe(1);
		expect(sessions.all()).toEqual([]);
		expect(await slots.get(slot.uid)).toBeUndefined();
		expect((await users.get(user)).gone, '[C5] counted once').toEqual({ [session]: spent });
	});

	it('waits longer after each failure, and the others are not kept waiting', async () => {
		const { run, world, sessions, log } = await withRemains();
		world.failAt = 'role';
		expect(await run()).toBe(0);
		expect(sessions.all()).toMatchObject([{ purge: { step: 'role', tries: 1, notBefore: at(60) }, dueAt: at(60) }]);
		expect(log.lines).toContainEqual(
			expect.objectContaining({ level: 'error', event: 'purge_failed', fields: { session, step: 'role', tries: 1, hours: 0 } }),
		);
		world.pass(60);
		await run();
		expect(sessions.all()).toMatchObject([{ purge: { step: 'role', tries: 2 }, dueAt: at(360) }]);
		world.failAt = undefined;
		world.pass(299);
		expect(await run()).toBe(0);
		world.pass(1);
		expect(await run()).toBe(1);
	});

	it('is nobody else’s while a run is at it', async () => {
		const { run, leases } = await withRemains();
		await leases.take('purge', 'another', at(0), at(50));
		expect(await run()).toBeUndefined();
	});

	it('[S12] nothing that is not deleted is touched, whatever the index says', async () => {
		const { run, sessions, done, slots } = await withRemains();
		const [first] = sessions.all();
		if (!first) return expect.fail();
		await sessions.put({ ...first, desired: { ...first.desired, state: 'stopped' } });
		expect(await run()).toBe(0);
		expect(done).toEqual([]);
		expect(await slots.get(slot.uid)).toMatchObject({ state: 'taken' });
	});

	it('[S12] no late write brings the record back', async () => {
		const { run, sessions } = await withRemains();
		const [before] = sessions.all();
		if (!before) return expect.fail();
		await run();
		expect(await sessions.put(before)).toBeUndefined();
		expect(await sessions.get(user, session)).toBeUndefined();
	});
});
