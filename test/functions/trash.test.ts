import { viewerHello } from '@shellpod/functions/core/hello.ts';
import { goesAt } from '@shellpod/functions/core/lifecycle.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { trashDays } from '@shellpod/protocol/limits.ts';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { user } from '../support/session-records.ts';
import { caller } from '../support/sockets.ts';

const day = 86_400;

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	return error instanceof ShellPodError ? error.code : `no error of ours: ${String(error)}`;
};

/** A session in the trash, whose task has ended. */
const withTrashed = async (options: Parameters<typeof createControlPlane>[0] = {}) => {
	const plane = createControlPlane(options);
	await plane.addSlots(3);
	const made = await plane.commands.create(user, 'demo');
	await plane.commands.trash(user, made.id);
	plane.tasks.settle();
	plane.clock.pass(5);
	// The first look sees that it has stopped, the next has written it down.
	await plane.drive(user, made.id);
	const trashed = (await plane.drive(user, made.id)) ?? expect.fail();
	return { ...plane, made, trashed };
};

describe('[15] the trash', () => {
	it('stops the task, and takes the session from the list and from everything but restoring and removing', async () => {
		const { commands, tasks, trashed, made } = await withTrashed();
		expect(tasks.told).toEqual([{ arn: made.task?.arn, why: 'You deleted it' }]);
		expect(trashed).toMatchObject({ phase: 'stopped', desired: { state: 'trashed', by: 'user', why: 'You deleted it' }, dueAt: goesAt(trashed) });
		expect(Date.parse(goesAt(trashed)) - Date.parse(trashed.desired.at)).toBe(trashDays * day * 1_000);
		expect(await commands.list(user)).toEqual({ sessions: [], trash: [trashed] });
		for (const act of [commands.get, commands.start, commands.stop, commands.restart])
			await expect(act(user, made.id)).rejects.toMatchObject({ code: 'not_found', message: 'This session is in the trash. Restore it first.' });
		expect(await codeOf(commands.rename(user, made.id, 'other'))).toBe('not_found');
		await commands.trash(user, made.id);
		expect((await commands.list(user)).trash, 'twice is once').toEqual([trashed]);
	});

	it('closes terminals and refuses those who come by an older ticket', async () => {
		const { access, trashed, clock } = await withTrashed();
		expect((await access.get(user)).ended).toHaveProperty(trashed.id);
		const came = viewerHello(trashed, { ...caller('viewer', 'v'), session: trashed.id }, [1], clock.now());
		expect(came).toMatchObject({ refused: 'not_found' });
	});

	it('gives a session back, stopped, and lets its terminals in again at once', async () => {
		const { commands, access, made, drive, tasks } = await withTrashed();
		tasks.asked.length = 0;
		expect(await commands.restore(user, made.id)).toMatchObject({
			name: 'demo',
			phase: 'stopped',
			desired: { state: 'stopped', why: 'You restored it' },
		});
		expect((await access.get(user)).ended).toEqual({});
		expect((await drive(user, made.id))?.dueAt, 'nothing is due of a stopped session').toBeUndefined();
		expect(tasks.asked, 'only its user starts it').toEqual([]);
		expect(await commands.restore(user, made.id), 'twice is once').toMatchObject({ desired: { state: 'stopped' } });
		expect(await commands.start(user, made.id)).toMatchObject({ generation: 2, slot: made.slot });
	});

	it('gives its name free at once, and asks for another when that is taken', async () => {
		const { commands, made } = await withTrashed();
		await commands.create(user, 'Demo');
		expect(await codeOf(commands.restore(user, made.id))).toBe('name_taken');
		expect((await commands.list(user)).trash, 'nothing came of it').toHaveLength(1);
		expect(await commands.restore(user, made.id, 'demo 2')).toMatchObject({ name: 'demo 2' });
		expect(await codeOf(commands.create(user, 'demo 2'))).toBe('name_taken');
	});

	it('takes a place until it is gone for good', async () => {
		const { commands, made } = await withTrashed({ limits: { sessions: 1 } });
		expect(await codeOf(commands.create(user, 'other'))).toBe('too_many');
		await commands.remove(user, made.id, 'demo');
		expect(await commands.create(user, 'other')).toMatchObject({ name: 'other' });
	});

	it('is emptied by its user only with the name, and for good', async () => {
		const { commands, made } = await withTrashed();
		await expect(commands.remove(user, made.id, 'other')).rejects.toMatchObject({
			code: 'invalid_request',
			message: 'That is not its name. Nothing was deleted.',
		});
		await commands.remove(user, made.id, 'demo');
		for (const act of [commands.get, commands.start, commands.trash, commands.restore]) expect(await codeOf(act(user, made.id))).toBe('not_found');
		expect(await commands.list(user)).toEqual({ sessions: [], trash: [] });
	});

	it('nothing that is not in it is deleted for good', async () => {
		const { commands, made } = await withTrashed();
		await commands.restore(user, made.id);
		expect(await codeOf(commands.remove(user, made.id, 'demo'))).toBe('invalid_request');
		expect(await commands.get(user, made.id)).toMatchObject({ desired: { state: 'stopped' } });
	});

	it(`is deleted by the platform after ${trashDays} days, not before`, async () => {
		const { drive, clock, made } = await withTrashed();
		clock.pass(trashDays * day - 10);
		expect(await drive(user, made.id)).toMatchObject({ desired: { state: 'trashed' } });
		clock.pass(10);
		expect(await drive(user, made.id)).toMatchObject({ desired: { state: 'deleted', by: 'platform', why: 'It was in the trash for 30 days' } });
	});

	it('a request that was cut off before the name was free is mended by who wants the name', async () => {
		const { commands, users, made, clock } = await withTrashed();
		const record = await users.get(user);
		await users.put({ ...record, claims: { [made.id]: { name: 'demo', at: made.createdAt } } });
		clock.pass(60);
		expect(await commands.create(user, 'demo')).toMatchObject({ name: 'demo' });
		expect(Object.values((await users.get(user)).claims).filter(({ trashed }) => trashed)).toHaveLength(1);
	});

	it('a slow deletion does not take the name from a session that was restored meanwhile', async () => {
		const plane = createControlPlane();
		await plane.addSlots(1);
		const made = await plane.commands.create(user, 'demo');
		const { put } = plane.users;
		let late = true;
		plane.users.put = async (record) => {
			if (late && record.claims[made.id]?.trashed) {
				late = false;
				plane.clock.pass(1);
				await plane.commands.restore(user, made.id);
			}
			return put(record);
		};
		await plane.commands.trash(user, made.id);
		expect(await codeOf(plane.commands.create(user, 'demo'))).toBe('name_taken');
	});

	it('strangers find nothing in it', async () => {
		const { commands, made } = await withTrashed();
		for (const [who, id] of [
			[userId('stranger'), made.id],
			[user, sessionId('zzzzzzzzzzzz')],
		] as const)
			await expect(commands.restore(who, id)).rejects.toMatchObject({ code: 'not_found', message: 'There is no such session.' });
	});
});
