/** The HTTP API over sessions whose tasks cost, and an hour that passes as the sweep sees it. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import type { OperatorBudgets } from '@shellpod/functions/core/budget.ts';
import { budgetWatched } from '@shellpod/functions/core/budget-watch.ts';
import { Costs } from '@shellpod/protocol/costs.ts';
import type { SessionId } from '@shellpod/protocol/ids.ts';
import { createHttpApi } from './http-api.ts';
import { idle, lease, user } from './session-records.ts';

/** seconds */
const minute = 60;

/** The HTTP API, with sessions whose tasks run from the moment that `run` is asked. */
export const openCosts = async (budgets: OperatorBudgets = {}) => {
	const api = createHttpApi({ budgets });
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
