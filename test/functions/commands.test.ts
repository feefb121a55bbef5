import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { firstUid } from '@shellpod/functions/core/slot.ts';
import { claim } from '@shellpod/functions/core/user-record.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { patterns, sessionId, userId } from '@shellpod/protocol/ids.ts';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { idle, lease, session, user } from '../support/session-records.ts';

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	return error instanceof ShellPodError ? error.code : `no error of ours: ${String(error)}`;
};

const withSession = async (options: Parameters<typeof createControlPlane>[0] = {}) => {
	const plane = createControlPlane(options);
	await plane.addSlots(3);
	return { ...plane, made: await plane.commands.create(user, 'demo') };
};

describe('create', () => {
	it('takes the oldest slot, starts at once and is listed', async () => {
		const { made, commands, slots, tasks } = await withSession();
		expect(made).toMatchObject({ name: 'demo', phase: 'starting', generation: 1, slot: { uid: firstUid } });
		expect(made.id).toMatch(patterns.session);
		expect(made.task?.arn).toBe([...tasks.tasks.keys()][0]);
		expect(await slots.get(firstUid)).toMatchObject({ state: 'taken', takenBy: { user, session: made.id } });
		expect((await commands.list(user)).sessions.map((one) => one.id)).toEqual([made.id]);
		expect(await commands.list(userId('another'))).toEqual({ sessions: [], trash: [] });
	});

	it('of many at the same instant each gets a Home of its own', async () => {
		const { commands, addSlots } = createControlPlane();
		await addSlots(4);
		const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => commands.create(user, name)));
		expect(new Set(made.map((one) => one.slot.uid)).size).toBe(4);
	});

	it('says when no Home is free, and holds neither name nor place', async () => {
		const { commands, addSlots } = createControlPlane({ limits: { sessions: 1 } });
		const refusal = commands.create(user, 'demo');
		await expect(refusal).rejects.toMatchObject({ code: 'no_slot', retryAfter: 10 });
		await addSlots(1);
		expect(await commands.create(user, 'demo')).toMatchObject({ name: 'demo' });
	});

	it('[S11] names are unique and sessions counted, even at the same instant', async () => {
		const { commands, addSlots } = createControlPlane({ limits: { sessions: 2 } });
		await addSlots(6);
		const same = await Promise.all(['demo', 'demo', 'DEMO'].map((name) => codeOf(commands.create(user, name))));
		expect(same.filter((code) => code === 'name_taken')).toHaveLength(2);
		const more = await Promise.all(['x', 'y', 'z'].map((name) => codeOf(commands.create(user, name))));
		expect(more.filter((code) => code === 'too_many')).toHaveLength(2);
		expect((await commands.list(user)).sessions).toHaveLength(2);
		expect(await codeOf(commands.create(userId('another'), 'demo'))).toMatch(/^no error/);
	});

	it('a name that a cut-off request left behind is free after a minute', async () => {
		const { commands, users, addSlots, clock } = createControlPlane({ limits: { sessions: 1 } });
		await addSlots(1);
		const claims = { [session]: { name: 'demo', at: clock.now().toISOString() } };
		await users.put({ ...(await users.get(user)), claims });
		clock.pass(59);
		expect(await codeOf(commands.create(user, 'demo'))).toBe('name_taken');
		clock.pass(1);
		expect(await commands.create(user, 'demo')).toMatchObject({ name: 'demo' });
	});

	it('is made once when each answer of the table is lost and its write sent again', async () => {
		const plane = createControlPlane();
		await plane.addSlots(2);
		const twice =
			<Args extends unknown[], Result>(write: (...args: Args) => Promise<Result>) =>
			async (...args: Args) => {
				await write(...args);
				return write(...args);
			};
		plane.slots.take = twice(plane.slots.take);
		plane.stored.create = twice(plane.stored.create);
		const made = await plane.commands.create(user, 'demo');
		expect((await plane.commands.list(user)).sessions.map(({ id }) => id)).toEqual([made.id]);
		expect(await plane.slots.get(made.slot.uid)).toMatchObject({ state: 'taken', takenBy: { session: made.id } });
		expect(await plane.slots.free(9), 'the other Home is free').toHaveLength(1);
		expect(await codeOf(plane.commands.create(user, 'demo')), 'the name is held').toBe('name_taken');
	});

	it('is made though ECS does not answer: the sweep goes on', async () => {
		const { commands, addSlots, tasks, log, drive } = createControlPlane();
		await addSlots(1);
		tasks.broken = new Error('ECS is away');
		const made = await commands.create(user, 'demo');
		expect(made).toMatchObject({ phase: 'starting', dueAt: expect.any(String) });
		expect(log.lines).toContainEqual(expect.objectContaining({ level: 'error', event: 'drive_failed' }));
		delete tasks.broken;
		expect((await drive(user, made.id))?.task?.arn).toBeDefined();
	});
});

describe('start, stop, restart, delete', () => {
	it('two starts at the same instant make one task', async () => {
		const { commands, tasks, made } = await withSession();
		await commands.stop(user, made.id);
		tasks.settle();
		await commands.stop(user, made.id);
		tasks.asked.length = 0;
		const answers = await Promise.all(Array.from({ length: 5 }, () => commands.start(user, made.id)));
		expect(tasks.asked).toHaveLength(1);
		expect(new Set(answers.map((one) => one.generation))).toEqual(new Set([2]));
	});

	it('a stop tells the task, and is over when it has ended', async () => {
		const { commands, tasks, made, drive, clock } = await withSession();
		expect(await commands.stop(user, made.id)).toMatchObject({ phase: 'stopping' });
		expect(tasks.told).toEqual([{ arn: made.task?.arn, why: 'You stopped it' }]);
		tasks.settle();
		clock.pass(5);
		expect(await drive(user, made.id)).toMatchObject({ phase: 'stopped' });
	});

	it('a restart runs the new generation only when the old one has ended', async () => {
		const { commands, tasks, made, drive, clock } = await withSession();
		expect(await commands.restart(user, made.id)).toMatchObject({ phase: 'stopping', generation: 2 });
		expect(tasks.asked).toHaveLength(1);
		tasks.settle();
		clock.pass(5);
		expect(await drive(user, made.id)).toMatchObject({ phase: 'starting', generation: 2 });
		expect(tasks.asked.map((one) => one.generation)).toEqual([1, 2]);
	});

	it('foreign and unknown ids are alike', async () => {
		const { commands, made } = await withSession();
		const stranger = userId('stranger');
		for (const [who, id] of [
			[stranger, made.id],
			[user, sessionId('zzzzzzzzzzzz')],
		] as const) {
			for (const act of [commands.get, commands.start, commands.stop, commands.restart, commands.trash, commands.restore])
				expect(await codeOf(act(who, id))).toBe('not_found');
			for (const act of [commands.rename, commands.restore, commands.remove]) expect(await codeOf(act(who, id, 'mine'))).toBe('not_found');
		}
	});

	it('renames, but not to a name that is taken', async () => {
		const { commands, made } = await withSession();
		const other = await commands.create(user, 'other');
		expect(await codeOf(commands.rename(user, other.id, 'Demo'))).toBe('name_taken');
		expect(await commands.rename(user, made.id, 'DEMO')).toMatchObject({ name: 'DEMO' });
		expect(await commands.rename(user, made.id, 'new')).toMatchObject({ name: 'new' });
		expect(await commands.rename(user, other.id, 'demo')).toMatchObject({ name: 'demo' });
	});
});

describe('drive', () => {
	it('[1] asks again with the same token after the caller crashed before it asked', async () => {
		const { commands, addSlots, tasks, drive, clock } = createControlPlane();
		await addSlots(1);
		tasks.answers.push(new Error('the process died'));
		const made = await commands.create(user, 'demo');
		expect(tasks.asked).toHaveLength(0);
		clock.pass(10);
		const after = await drive(user, made.id);
		expect(after?.task).toMatchObject({ attempt: 1, arn: expect.any(String) });
		expect(tasks.asked).toHaveLength(1);
	});

	it('[1] adopts the task when only the answer was lost', async () => {
		const { commands, addSlots, tasks, drive, clock } = createControlPlane();
		await addSlots(1);
		tasks.answers.push({ kind: 'unknown', text: 'socket hang up' });
		const made = await commands.create(user, 'demo');
		expect(made.task?.arn).toBeUndefined();
		await tasks.run(made.id, made.task ?? expect.fail());
		clock.pass(5);
		expect((await drive(user, made.id))?.task?.arn).toBe([...tasks.tasks.keys()][0]);
		expect(tasks.tasks.size).toBe(1);
	});

	it('[10] a refusal is written, and tried again after its pause', async () => {
		const { commands, addSlots, tasks, drive, clock } = createControlPlane();
		await addSlots(1);
		tasks.answers.push({ kind: 'refused', cause: { kind: 'capacity', text: 'No capacity', advice: '', retry: true } });
		const made = await commands.create(user, 'demo');
		expect(made.start).toMatchObject({ tries: 1 });
		clock.pass(2);
		expect((await drive(user, made.id))?.task).toMatchObject({ generation: 1, attempt: 2, arn: expect.any(String) });
	});

	it('registers the Home anew when the base has changed, then runs the new revision', async () => {
		const { commands, addSlots, definitions } = createControlPlane({ base: 'arn:base:2' });
		await addSlots(1);
		const made = await commands.create(user, 'demo');
		expect(definitions.registered).toEqual(['shellpod-home-100000']);
		expect(made.slot).toMatchObject({ base: 'arn:base:2', definition: expect.stringMatching(/shellpod-home-100000:2$/) });
		expect(made.task?.definition).toBe(made.slot.definition);
	});

	it("never runs a definition that is not its Home's", async () => {
		const { commands, addSlots, definitions, slots, tasks } = createControlPlane();
		await addSlots(1);
		const slot = await slots.get(firstUid);
		if (slot?.state !== 'free') return expect.fail();
		definitions.misfits.add(slot.definition);
		const made = await commands.create(user, 'demo');
		expect(made).toMatchObject({ phase: 'failed', reason: 'Its task definition is not the one of its home' });
		expect(tasks.asked).toEqual([]);
	});

	it('[S3] decides again when somebody else wrote first', async () => {
		let intrude: (() => Promise<void>) | undefined;
		const { commands, tasks, stored } = await withSession({
			wrap: (sessions) => ({
				...sessions,
				async put(record) {
					const now = intrude;
					intrude = undefined;
					await now?.();
					return sessions.put(record);
				},
			}),
		});
		const [before] = stored.all();
		if (!before) return expect.fail();
		intrude = async () => {
			await stored.put(agentArrived(before, lease(150), new Date('2026-11-22T08:00:01.000Z'), idle) ?? expect.fail());
		};
		const stopped = await commands.stop(user, before.id);
		expect(stopped).toMatchObject({ phase: 'stopping', agent: lease(150) });
		expect(tasks.told).toHaveLength(1);
	});

	it('a session may have another name though the operator allows fewer now', () => {
		const at = '2026-11-22T08:00:00.000Z';
		const other = sessionId('bbbbbbbbbbbb');
		const full = { user, claims: { [session]: { name: 'one', at }, [other]: { name: 'two', at } }, rev: 1 };
		expect(claim(full, session, 'three', 1, at).claims[session]?.name).toBe('three');
		expect(() => claim(full, sessionId('cccccccccccc'), 'three', 1, at)).toThrow(ShellPodError);
	});

	it('[14] logs who asked, what was asked of ECS, and each move, with why', async () => {
		const { commands, log, made, tasks, drive } = await withSession();
		await commands.stop(user, made.id);
		tasks.settle();
		await drive(user, made.id);
		expect(log.lines.map(({ event, fields }) => ({ event, ...fields }))).toEqual([
			expect.objectContaining({ event: 'task_asked', session: made.id, generation: 1, attempt: 1 }),
			expect.objectContaining({ event: 'session_asked', from: 'starting', to: 'stopping', desired: 'stopped', by: 'user', why: 'You stopped it' }),
			expect.objectContaining({ event: 'task_stopped', session: made.id, why: 'You stopped it' }),
			expect.objectContaining({ event: 'session_moved', from: 'stopping', to: 'stopped', generation: 1 }),
		]);
	});
});
