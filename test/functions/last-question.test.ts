/** [N6] The last question, when the gateway doesn't take it. */
import { heard, idleOf } from '@shellpod/functions/core/idle-policy.ts';
import type { Activity } from '@shellpod/protocol/activity.ts';
import { decodeControl } from '@shellpod/protocol/control.ts';
import { expect, it } from 'vitest';
import { openCosts } from '../support/costed-sessions.ts';
import { idle, lease, user } from '../support/session-records.ts';

/** seconds */
const minute = 60;
const agent = lease(0).connectionId;

it.each(['busy', 'failed', 'gone'] as const)(
	'[N6] that is %s stops nothing; it is put again 5 min later, and only the answer to that one stops it',
	async (fault) => {
		const { commands, runs, pass, sessions, gateway, clock } = await openCosts();
		const { id } = await commands.create(user, 'one');
		await runs(id);
		const asked = (): string[] =>
			gateway.posts.flatMap(({ to, text }) => {
				const message = to === agent ? decodeControl(text) : undefined;
				return message?.type === 'asked' ? [message.nonce] : [];
			});
		const phase = async () => (await sessions.get(user, id))?.phase;
		/** What an agent in which nothing goes on says. */
		const answer = async (nonce: string | undefined): Promise<void> => {
			const record = (await sessions.get(user, id)) ?? expect.fail('no session');
			const said: Activity = { action: 'activity', inputMs: null, doing: [], ...(nonce !== undefined && { answer: nonce }) };
			const choice = { limitMs: 60 * minute * 1_000, overrules: {} };
			await sessions.put({
				...record,
				idle: heard(idleOf(record, clock.now(), idle), said, record.createdAt, clock.now(), choice, idle),
				dueAt: clock.now().toISOString(),
			});
		};

		gateway.faults.set(agent, fault);
		await pass(id, 61 * minute);
		expect(asked()).toHaveLength(1);
		await answer(undefined);
		await pass(id, 3 * minute);
		expect([asked().length, await phase()], 'said, but not as an answer').toEqual([1, 'running']);
		await pass(id, 2 * minute);
		expect([asked().length, await phase()], 'put again').toEqual([2, 'running']);
		gateway.faults.delete(agent);
		await pass(id, 5 * minute);
		const [lost, , third] = asked();
		expect([asked().length, await phase()], 'and arrived').toEqual([3, 'running']);
		await answer(lost);
		await pass(id, minute);
		expect(await phase(), 'an answer to another').toBe('running');
		await answer(third);
		await pass(id, minute);
		expect((await sessions.get(user, id))?.desired).toMatchObject({ state: 'stopped', why: 'Nobody used it' });
	},
);
