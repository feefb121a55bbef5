/** What a user is shown of costs, and the budget. C-numbers: functions/core/SPEC.md. */

import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { budgetWatched } from '@shellpod/functions/core/budget-watch.ts';
import { agentHello } from '@shellpod/functions/core/hello.ts';
import { spentOf, withRelayed } from '@shellpod/functions/core/spending.ts';
import { outlived } from '@shellpod/functions/core/user-record.ts';
import { Costs } from '@shellpod/protocol/costs.ts';
import { epoch as agentRun, connectionId, type SessionId, senderId, sessionId, userId } from '@shellpod/protocol/ids.ts';
import { pricesAsOf, taskHour } from '@shellpod/protocol/prices.ts';
import { describe, expect, it } from 'vitest';
import { createHttpApi } from '../support/http-api.ts';
import { at, dateAt, idle, lease, running, user } from '../support/session-records.ts';

const hour = 3_600;
const minute = 60;
const other = [sessionId('bbbbbbbbbbbb'), sessionId('cccccccccccc'), sessionId('dddddddddddd')] as const;

/** The HTTP API, with sessions whose tasks run from the moment that `run` is asked. */
const open = async () => {
	const api = createHttpApi();
	await api.addSlots(9);
	const { tasks, commands, sessions, drive, clock } = api;
	const iso = (): string => clock.now().toISOString();

	const runs = async (id: SessionId): Promise<void> => {
		await drive(user, id);
		const { task, slot } = (await sessions.get(user, id)) ?? {};
		const arn = task?.arn ?? '';
		tasks.families.set(arn, slot?.family ?? '');
		const made = tasks.tasks.get(arn);
		if (!made) throw new Error('no task');
		tasks.tasks.set(arn, { ...made, lastStatus: 'RUNNING', containers: [{ lastStatus: 'RUNNING' }], pullStartedAt: iso() });
		await drive(user, id);
		await hello(id);
	};
	const hello = async (id: SessionId): Promise<void> => {
		const record = await sessions.get(user, id);
		const arrived =
			record &&
			agentArrived(
				record,
				{ ...lease(0, record.generation), leaseUntil: new Date(clock.now().getTime() + 150_000).toISOString() },
				clock.now(),
				idle,
			);
		if (!arrived) throw new Error('nobody wants it');
		await sessions.put(budgetWatched(arrived, clock.now()));
	};
	/** ECS has ended the task of a session that is to stop, and the sweep has seen it. */
	const ends = async (id: SessionId): Promise<void> => {
		for (const [arn, task] of tasks.tasks)
			if (task.desiredStatus === 'STOPPED' && task.stoppedAt === undefined)
				tasks.tasks.set(arn, { ...task, lastStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }], stoppedAt: iso() });
		await drive(user, id);
	};
	const costs = async (): Promise<Costs> => Costs.parse((await api.ask({ path: '/api/costs' })).json());
	const setBudget = (usd: number, stop: boolean) => api.ask({ method: 'PUT', path: '/api/budget', body: { budget: { usd, stop } } });
	/** What the sweep does each minute with what is due, for so long. */
	const pass = async (id: SessionId, total: number): Promise<void> => {
		for (let passed = 0; passed < total; passed += minute) {
			clock.pass(minute);
			const record = await sessions.get(user, id);
			if (record?.phase === 'running') await hello(id);
			if (record?.phase === 'stopping') await ends(id);
			if ((await sessions.get(user, id))?.dueAt !== undefined && ((await sessions.get(user, id))?.dueAt ?? '') <= iso()) await drive(user, id);
		}
	};
	const history = async (id: SessionId): Promise<string[]> => {
		const { events } = (await api.ask({ path: `/api/sessions/${id}/events` })).json() as { events: { why: string | null }[] };
		return events.flatMap(({ why }) => (why === null ? [] : [why]));
	};
	/** It is not stopped for idleness, which nothing here is about. */
	const create = async (name: string) => {
		const made = await commands.create(user, name);
		return (await sessions.put({ ...made, idleChoice: { limitMs: null, overrules: {} } })) ?? made;
	};
	return { ...api, runs, ends, costs, setBudget, pass, history, create };
};

describe('GET /api/costs', () => {
	it('[C1] [C5] tells what runs, what ran and what is gone, per session and together, with the date of the prices', async () => {
		const { create, runs, ends, pass, costs, commands, clock } = await open();
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 2 * hour);
		expect(await costs()).toMatchObject({
			pricesAsOf,
			perHour: taskHour,
			today: { seconds: 2 * hour, units: 0 },
			sessions: [{ name: 'one', perHour: taskHour, today: { seconds: 2 * hour }, month: { seconds: 2 * hour } }],
			budget: null,
		});
		await commands.stop(user, one.id);
		await ends(one.id);
		const two = await create('two');
		await runs(two.id);
		await pass(two.id, hour);
		const both = await costs();
		expect(both.month.seconds).toBe(3 * hour);
		expect(both.month.usd).toBeCloseTo(3 * taskHour, 9);
		expect(both.perHour).toBe(taskHour);
		expect(both.sessions.map(({ name, month }) => [name, month.seconds])).toEqual([
			['one', 2 * hour],
			['two', hour],
		]);
		expect(Date.parse(both.dayEnds) - clock.now().getTime()).toBe(13 * hour * 1_000);
		expect(both.monthEnds).toBe('2026-12-01T00:00:00.000Z');
	});

	it('[C2] looks again after a stop, with no events at all, until ECS says when the task ended', async () => {
		const { create, runs, pass, costs, commands, sessions, tasks, drive, clock } = await open();
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, hour);
		await commands.stop(user, one.id);
		const [[arn, task] = []] = tasks.tasks;
		if (arn === undefined || !task) throw new Error('no task');
		clock.pass(20);
		const ending = { ...task, lastStatus: 'DEPROVISIONING', containers: [{ lastStatus: 'STOPPED' }], executionStoppedAt: clock.now().toISOString() };
		tasks.tasks.set(arn, ending);
		clock.pass(5);
		await drive(user, one.id);
		expect(await sessions.get(user, one.id)).toMatchObject({ phase: 'stopped', dueAt: new Date(clock.now().getTime() + 60_000).toISOString() });
		expect((await costs()).month.seconds).toBe(hour + 20);
		clock.pass(5);
		tasks.tasks.set(arn, { ...ending, lastStatus: 'STOPPED', stoppedAt: clock.now().toISOString() });
		clock.pass(55);
		await drive(user, one.id);
		expect((await sessions.get(user, one.id))?.dueAt).toBeUndefined();
		expect((await costs()).month.seconds).toBe(hour + 30);
	});

	it('[C5] keeps what is gone until the month ends, and an hour costs what AWS asks for it', () => {
		const spentOn = (day: string) => ({ day, today: { seconds: 1, units: 0 }, month: { seconds: 1, units: 0 } });
		const november = outlived(outlived({ user, claims: {}, rev: 0 }, other[0], spentOn('2026-11-30')), other[1], spentOn('2026-11-30'));
		expect(Object.keys(november.gone ?? {})).toEqual([other[0], other[1]]);
		expect(Object.keys(outlived(november, other[2], spentOn('2026-12-01')).gone ?? {})).toEqual([other[2]]);
		// 1 vCPU and 2 GB on ARM, and an address.
		expect(taskHour).toBeCloseTo(0.03238 + 2 * 0.00356 + 0.005, 9);
	});

	it('[C4] counts what agents have told of messages', async () => {
		const { create, runs, costs, sessions, clock } = await open();
		const one = await create('one');
		await runs(one.id);
		clock.pass(60);
		const record = await sessions.get(user, one.id);
		if (record) await sessions.put(withRelayed(record, { run: agentRun('run000001'), units: 50_000 }, clock.now()));
		const { today } = await costs();
		expect(today.units).toBe(50_000);
		expect(today.usd).toBeCloseTo(taskHour / 60 + 0.05, 9);
	});

	it('[C4] hears of them with an agent’s hello', () => {
		const record = running({ agent: lease(0) });
		const caller = { user, session: record.id, generation: 1, role: 'agent', sender: senderId('agent1'), signIn: 0 } as const;
		const said = { versions: [1], relayed: { run: agentRun('run000001'), units: 77 } };
		const decision = agentHello(record, caller, connectionId('conn-1'), said, dateAt(60), record.slot.base, idle);
		if ('refused' in decision) throw new Error(decision.message);
		expect(decision.record.spending).toMatchObject({ settled: { month: { units: 77 } }, budget: { lookAt: at(60 + 10 * minute) } });
	});

	it('tells nobody of anybody else’s', async () => {
		const { create, runs, ask, setBudget } = await open();
		const one = await create('one');
		await runs(one.id);
		await setBudget(5, true);
		expect((await ask({ path: '/api/costs', user: 'user-2' })).json()).toMatchObject({ perHour: 0, month: { usd: 0 }, sessions: [], budget: null });
	});
});

describe('PUT /api/budget', () => {
	it.each([[{ budget: { usd: 0, stop: true } }], [{ budget: { usd: 1e9, stop: true } }], [{ budget: { usd: 5 } }], [{ usd: 5, stop: true }], [{}]])(
		'refuses %j',
		async (body) => {
			const { ask } = await open();
			expect((await ask({ method: 'PUT', path: '/api/budget', body })).status).toBe(400);
		},
	);

	it('sets one, changes it, and takes it away', async () => {
		const { ask, setBudget, costs } = await open();
		expect((await setBudget(20, true)).json()).toMatchObject({ budget: { usd: 20, stop: true, state: 'fine' } });
		expect((await setBudget(7.5, false)).json()).toMatchObject({ budget: { usd: 7.5, stop: false } });
		await ask({ method: 'PUT', path: '/api/budget', body: { budget: null } });
		expect((await costs()).budget).toBeNull();
	});
});

describe('a budget', () => {
	/** of ten hours of one session */
	const tenHours = 10 * taskHour;

	it('[C6] warns at 80%, once, in the session’s history; at its end it stops it, and says so; nothing starts until it is raised', async () => {
		const { create, runs, pass, costs, setBudget, history, sessions, ask } = await open();
		const one = await create('one');
		await runs(one.id);
		await setBudget(tenHours, true);
		await pass(one.id, 7.8 * hour);
		expect((await costs()).budget?.state).toBe('fine');
		expect((await history(one.id)).filter((why) => /budget/.test(why))).toEqual([]);
		await pass(one.id, hour);
		expect((await costs()).budget?.state).toBe('near');
		expect((await history(one.id)).filter((why) => /budget/.test(why))).toEqual([
			expect.stringMatching(/^80% of your budget of \$0\.\d\d for November is used$/),
		]);
		await pass(one.id, 1.4 * hour);
		const stopped = await sessions.get(user, one.id);
		expect(stopped).toMatchObject({ phase: 'stopped', desired: { state: 'stopped', by: 'platform' } });
		expect(stopped?.reason).toMatch(/^Your budget of \$0\.\d\d for November was used up$/);
		const { month, budget } = await costs();
		expect(budget?.state).toBe('over');
		expect(month.seconds, 'at most 10 min and a sweep more than it').toBeLessThan(10 * hour + 12 * minute);
		expect(await history(one.id)).toContainEqual(stopped?.reason);
		const refused = await ask({ method: 'POST', path: `/api/sessions/${one.id}/start` });
		expect(refused.status).toBe(409);
		expect(refused.json()).toMatchObject({
			code: 'over_budget',
			detail: expect.stringMatching(/is used up\. Raise it under Costs, or wait until December 1 \(UTC\)\.$/),
		});
		expect((await ask({ method: 'POST', path: '/api/sessions', body: { name: 'two' } })).json()).toMatchObject({ code: 'over_budget' });
		await setBudget(1, true);
		expect((await ask({ method: 'POST', path: `/api/sessions/${one.id}/start` })).status).toBe(202);
	});

	it('[C6] that is not to stop anything says so, and lets all go on', async () => {
		const { create, runs, pass, setBudget, history, sessions, costs } = await open();
		const one = await create('one');
		await runs(one.id);
		await setBudget(taskHour, false);
		await pass(one.id, 3 * hour);
		expect((await sessions.get(user, one.id))?.phase).toBe('running');
		expect((await history(one.id)).filter((why) => /nothing is stopped/.test(why))).toHaveLength(1);
		expect((await costs()).budget?.state).toBe('over');
	});

	it('[C6] is that of all sessions together, and of those that are gone', async () => {
		const { create, runs, ends, pass, setBudget, sessions, commands, users, costs } = await open();
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 6 * hour);
		await commands.stop(user, one.id);
		await ends(one.id);
		const before = await users.get(user);
		const record = await sessions.get(user, one.id);
		if (!record) throw new Error('no record');
		await users.put(outlived(before, one.id, spentOf(record, new Date(record.phaseAt))));
		await sessions.remove(record);
		expect((await costs()).gone.month.seconds).toBe(6 * hour);
		await setBudget(tenHours, true);
		const two = await create('two');
		await runs(two.id);
		await pass(two.id, 4.3 * hour);
		expect((await sessions.get(user, two.id))?.desired).toMatchObject({ state: 'stopped', by: 'platform' });
	});

	it('[C6] that is lowered below what is used stops within a sweep', async () => {
		const { create, runs, pass, setBudget, sessions } = await open();
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 2 * hour);
		await setBudget(taskHour, true);
		await pass(one.id, minute);
		expect((await sessions.get(user, one.id))?.desired.state).toBe('stopped');
	});

	it('[C6] of one user is nobody else’s', async () => {
		const { create, runs, setBudget, pass, commands } = await open();
		const one = await create('one');
		await runs(one.id);
		await setBudget(0.01, true);
		await pass(one.id, hour);
		expect(await commands.create(userId('user-2'), 'theirs')).toMatchObject({ phase: 'starting' });
	});
});
