/** The budget that a user sets, and the operator's. C-numbers: functions/core/SPEC.md. */
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { createCosts } from '@shellpod/functions/core/costs.ts';
import { spentOf } from '@shellpod/functions/core/spending.ts';
import { outlived } from '@shellpod/functions/core/user-record.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import { taskHour } from '@shellpod/protocol/prices.ts';
import { describe, expect, it } from 'vitest';
import { openCosts } from '../support/costed-sessions.ts';
import { createInMemoryItems } from '../support/in-memory-items.ts';
import { dateAt, running, user } from '../support/session-records.ts';

/** seconds */
const hour = 3_600;
const minute = 60;

describe('PUT /api/budget', () => {
	it.each([[{ budget: { usd: 0, stop: true } }], [{ budget: { usd: 1e9, stop: true } }], [{ budget: { usd: 5 } }], [{ usd: 5, stop: true }], [{}]])(
		'refuses %j',
		async (body) => {
			const { ask } = await openCosts();
			expect((await ask({ method: 'PUT', path: '/api/budget', body })).status).toBe(400);
		},
	);

	it('sets one, changes it, and takes it away', async () => {
		const { ask, setBudget, costs } = await openCosts();
		expect((await setBudget(20, true)).json()).toMatchObject({ budget: { usd: 20, stop: true, state: 'fine' } });
		expect((await setBudget(7.5, false)).json()).toMatchObject({ budget: { usd: 7.5, stop: false } });
		await ask({ method: 'PUT', path: '/api/budget', body: { budget: null } });
		expect((await costs()).budget).toBeNull();
	});

	it('[C7] above what the operator allows is refused, and says how much that is', async () => {
		const { setBudget, costs } = await openCosts({ maxBudget: 50 });
		const refused = await setBudget(50.01, true);
		expect(refused.status).toBe(400);
		expect(refused.json()).toMatchObject({ code: 'invalid_request', detail: 'The operator allows at most $50 a month.' });
		expect((await setBudget(49.99, true)).status).toBe(200);
		expect(await costs()).toMatchObject({ chosenBudget: { usd: 49.99, stop: true }, mostBudget: 50 });
	});
});

it('[C6] set while others write a session’s record each time is logged as one that the session was not told of', async () => {
	const logged: string[] = [];
	const costs = createCosts({
		sessions: { list: async () => [running()], get: async () => running(), put: async () => undefined },
		users: createUsers(createInMemoryItems()),
		operator: {},
		now: () => dateAt(60),
		log: { error: (event) => void logged.push(event) },
	});
	expect((await costs.setBudget(user, { usd: 5, stop: true })).budget).toMatchObject({ usd: 5 });
	expect(logged).toEqual(['budget_not_told']);
});

describe('a budget', () => {
	/** of ten hours of one session */
	const tenHours = 10 * taskHour;

	it('[C6] warns at 80%, once, in the session’s history; at its end it stops it, and says so; nothing starts until it is raised', async () => {
		const { create, runs, pass, costs, setBudget, history, sessions, ask } = await openCosts();
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
		const { create, runs, pass, setBudget, history, sessions, costs } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		await setBudget(taskHour, false);
		await pass(one.id, 3 * hour);
		expect((await sessions.get(user, one.id))?.phase).toBe('running');
		expect((await history(one.id)).filter((why) => /nothing is stopped/.test(why))).toHaveLength(1);
		expect((await costs()).budget?.state).toBe('over');
	});

	it('[C6] is that of all sessions together, and of those that are gone', async () => {
		const { create, runs, ends, pass, setBudget, sessions, commands, users, costs } = await openCosts();
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
		const { create, runs, pass, setBudget, sessions } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 2 * hour);
		await setBudget(taskHour, true);
		await pass(one.id, minute);
		expect((await sessions.get(user, one.id))?.desired.state).toBe('stopped');
	});

	it('[C6] that is set while a session starts is looked at within 10 min of when it runs, though there was none before', async () => {
		const { create, runs, ends, pass, setBudget, sessions, commands } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		// Without a budget it is looked at each hour.
		await pass(one.id, 11 * minute);
		await commands.stop(user, one.id);
		await ends(one.id);
		await commands.start(user, one.id);
		await setBudget(taskHour / 3, true);
		await runs(one.id);
		await pass(one.id, 20 * minute);
		expect((await sessions.get(user, one.id))?.desired).toMatchObject({ state: 'stopped', by: 'platform' });
	});

	it('[C6] that can’t be read holds nothing else up, and is looked at again by each sweep until it can', async () => {
		const { create, runs, pass, setBudget, sessions, users, log, commands, ends } = await openCosts();
		const [one, two] = [await create('one'), await create('two')];
		for (const { id } of [one, two]) await runs(id);
		await setBudget(taskHour, true);
		await pass(one.id, 20 * minute);
		const { get } = users;
		users.get = async () => {
			throw new Error('the table does not answer');
		};
		await pass(one.id, 2 * hour);
		expect((await sessions.get(user, one.id))?.phase).toBe('running');
		expect(log.lines.filter(({ event, fields }) => event === 'budget_not_read' && fields.session === one.id).length).toBeGreaterThan(30);
		await commands.stop(user, two.id);
		await ends(two.id);
		expect((await sessions.get(user, two.id))?.phase).toBe('stopped');
		users.get = get;
		await pass(one.id, 2 * minute);
		expect((await sessions.get(user, one.id))?.desired).toMatchObject({ state: 'stopped', by: 'platform' });
	});

	it('[C6] of one user is nobody else’s', async () => {
		const { create, runs, setBudget, pass, commands } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		await setBudget(0.01, true);
		await pass(one.id, hour);
		expect(await commands.create(userId('user-2'), 'theirs')).toMatchObject({ phase: 'starting' });
	});

	it('[C6] that is changed to another sum is told of anew', async () => {
		const { create, runs, pass, setBudget, history } = await openCosts();
		const one = await create('one');
		await runs(one.id);
		await setBudget(taskHour, false);
		await pass(one.id, 2 * hour);
		await setBudget(2 * taskHour, false);
		await pass(one.id, hour);
		expect((await history(one.id)).filter((why) => /nothing is stopped/.test(why))).toHaveLength(2);
	});
});

describe('what the operator says of budgets', () => {
	it('[C7] the first one is of who never chose: who takes it away has none, and who sets another has that', async () => {
		const { costs, setBudget, ask } = await openCosts({ defaultBudget: 20 });
		expect(await costs()).toMatchObject({
			budget: { usd: 20, stop: true, state: 'fine', operator: false },
			chosenBudget: { usd: 20, stop: true },
			mostBudget: null,
		});
		await ask({ method: 'PUT', path: '/api/budget', body: { budget: null } });
		expect(await costs()).toMatchObject({ budget: null, chosenBudget: null });
		await setBudget(500, false);
		expect((await costs()).budget).toMatchObject({ usd: 500, stop: false });
	});

	it('[C7] the first one stops', async () => {
		const { create, runs, pass, sessions } = await openCosts({ defaultBudget: 0.05 });
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 1.5 * hour);
		expect(await sessions.get(user, one.id)).toMatchObject({ phase: 'stopped', reason: 'Your budget of $0.05 for November was used up' });
	});

	it.each([
		['has none', undefined],
		['took it away', null],
		['has one that stops nothing', { usd: 0.05, stop: false }],
		['had set more before', { usd: 500, stop: true }],
	] as const)('[C7] the most stops the sessions of who %s, and only the operator can raise it', async (_, budget) => {
		const { create, runs, pass, sessions, users, history, costs, ask } = await openCosts({ maxBudget: 0.2 });
		if (budget !== undefined) await users.put({ ...(await users.get(user)), budget });
		const one = await create('one');
		await runs(one.id);
		await pass(one.id, 4.3 * hour);
		expect((await sessions.get(user, one.id))?.phase, 'after 96% of it').toBe('running');
		expect((await costs()).budget).toMatchObject({ usd: 0.2, state: 'near', operator: true });
		await pass(one.id, 0.5 * hour);
		const why = 'What the operator allows you for November ($0.20) was used up';
		expect(await sessions.get(user, one.id)).toMatchObject({ phase: 'stopped', reason: why });
		expect((await history(one.id)).filter((line) => /the operator allows/.test(line))).toEqual([
			why,
			'80% of what the operator allows you for November ($0.20) is used',
		]);
		expect((await ask({ method: 'POST', path: `/api/sessions/${one.id}/start` })).json()).toMatchObject({
			code: 'over_budget',
			detail: 'What the operator allows you for November ($0.20) is used up. Ask the operator for more, or wait until December 1 (UTC).',
		});
	});

	it('[C7] a lower one of its user comes first', async () => {
		const { create, runs, pass, setBudget, sessions } = await openCosts({ maxBudget: 0.2 });
		const one = await create('one');
		await runs(one.id);
		await setBudget(0.05, true);
		await pass(one.id, 1.5 * hour);
		expect((await sessions.get(user, one.id))?.reason).toBe('Your budget of $0.05 for November was used up');
	});
});
