/** What a user is shown of costs. C-numbers: functions/core/SPEC.md. */
import { agentHello } from '@shellpod/functions/core/hello.ts';
import { stop } from '@shellpod/functions/core/lifecycle.ts';
import { withRelayed } from '@shellpod/functions/core/spending.ts';
import { outlived } from '@shellpod/functions/core/user-record.ts';
import { epoch as agentRun, connectionId, senderId, sessionId } from '@shellpod/protocol/ids.ts';
import { pricesAsOf, taskHour } from '@shellpod/protocol/prices.ts';
import { describe, expect, it } from 'vitest';
import { openCosts } from '../support/costed-sessions.ts';
import { at, dateAt, idle, lease, running, user } from '../support/session-records.ts';

/** seconds */
const hour = 3_600;
const minute = 60;
const other = [sessionId('bbbbbbbbbbbb'), sessionId('cccccccccccc'), sessionId('dddddddddddd')] as const;

describe('GET /api/costs', () => {
	it('[C1] [C5] tells what runs, what ran and what is gone, per session and together, with the date of the prices', async () => {
		const { create, runs, ends, pass, costs, commands, clock } = await openCosts();
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
		const { create, runs, pass, costs, commands, sessions, tasks, drive, clock } = await openCosts();
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
		const { create, runs, costs, sessions, clock } = await openCosts();
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

	it('[C4] hears of what was relayed last, once, though it wants its task no more', () => {
		const record = stop(running({ agent: lease(0) }), at(100));
		const run = agentRun('run000001');
		const caller = { user, session: record.id, generation: 1, role: 'agent', sender: senderId('agent1'), signIn: 0 } as const;
		const says = (one: typeof record, units: number, id = 'conn-1', generation = 1) =>
			agentHello(one, { ...caller, generation }, connectionId(id), { versions: [1], relayed: { run, units } }, dateAt(101), record.slot.base, idle);
		const last = says(record, 77);
		expect(last).toMatchObject({ refused: 'not_running', record: { phase: 'stopping', spending: { settled: { month: { units: 77 } } } } });
		expect(says(last.record ?? record, 99)).not.toHaveProperty('record');
		expect(says(record, 77, 'conn-2')).not.toHaveProperty('record');
		expect(says(record, 77, 'conn-1', 2)).not.toHaveProperty('record');
	});

	it('tells nobody of anybody else’s', async () => {
		const { create, runs, ask, setBudget } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		await setBudget(5, true);
		expect((await ask({ path: '/api/costs', user: 'user-2' })).json()).toMatchObject({ perHour: 0, month: { usd: 0 }, sessions: [], budget: null });
	});
});
