import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../operator/run.ts';
import { createHands, type Hands, ids, one, seconds, two } from './hands.ts';
import { paper, refusal, type Served, serve } from './served.ts';

let served: Served;
let hands: Hands;
beforeEach(async () => {
	await served?.stop();
	served = await serve();
	hands = createHands(served, await served.open());
});
afterAll(() => served.stop());

describe('[security 8] disable', () => {
	it('shuts the door, ends sign-ins, closes terminals and stops sessions', async () => {
		const ada = await hands.invited('ada');
		await hands.withSessions(ada, 2);
		await hands.withSockets(ada, seconds(served.now) - 100, one, two);
		const lines = await hands.admin('disable ada');
		expect(lines).toEqual([
			'ada is disabled: no sign-in, no access.',
			'2 open terminals closed.',
			'2 sessions will be stopped within a minute; homes and sessions stay.',
		]);
		expect(served.connections.asked.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
			'DELETE /ws/@connections/one%3D',
			'DELETE /ws/@connections/two%3D',
		]);
		const record = await hands.pod.access.get(ada);
		expect(record).toMatchObject({ disabled: { by: 'olga' }, sockets: {} });
		expect((await hands.pod.people.get('ada')).enabled).toBe(false);
		for (const session of await hands.pod.sessions.list(ada))
			expect(session).toMatchObject({
				phase: 'stopping',
				desired: { state: 'stopped', by: 'operator' },
				reason: 'The operator stopped it',
				dueAt: served.now.toISOString(),
			});
		expect(await hands.statusOf('ada')).toBe('disabled');
	});

	it('tells the sessions’ user why', async () => {
		const ada = await hands.invited('ada');
		await hands.withSessions(ada, 1);
		await run(hands.pod, { kind: 'disable', name: 'ada', reason: 'ask Olga' }, paper());
		expect((await hands.pod.sessions.list(ada))[0]?.reason).toBe('The operator stopped it: ask Olga');
	});

	it('says what could not be closed at once: the sweep comes back to it', async () => {
		const ada = await hands.invited('ada');
		await hands.withSockets(ada, seconds(served.now) - 100, one, two);
		served.connections.answer = ({ path }) => ({ status: path.includes('one') ? 403 : 410, body: '' });
		expect(await hands.admin('disable ada')).toContain('1 open terminal could not be closed at once; that follows within a minute.');
		const record = await hands.pod.access.get(ada);
		expect(Object.keys(record.sockets)).toEqual([one]);
		expect(record.dueAt).toBeDefined();
	});

	it('that was cut off says so, shows in the list, and goes on when it is run again', async () => {
		const ada = await hands.invited('ada');
		await hands.withSessions(ada, 1);
		served.fault = (operation) => (operation === 'AdminDisableUser' ? refusal('AccessDeniedException', 'User: olga is not authorized') : undefined);
		const cut = await hands.problem('disable ada');
		expect(cut.exit).toBe(3);
		expect(cut.message).toContain("ada can't get in any more");
		expect(cut.message).toContain('olga is not authorized');
		expect(cut.message).toContain('Run the same command again');
		expect(await hands.statusOf('ada')).toBe('half disabled');
		expect((await hands.pod.access.get(ada)).disabled).toBeDefined();
		served.fault = undefined;
		await hands.admin('disable ada');
		expect(await hands.statusOf('ada')).toBe('disabled');
		expect((await hands.pod.sessions.list(ada))[0]?.desired.state).toBe('stopped');
		// and once more changes nothing
		await hands.admin('disable ada');
		expect(await hands.statusOf('ada')).toBe('disabled');
	});

	it('is taken back by enable; what was signed in stays signed out', async () => {
		const ada = await hands.invited('ada');
		await hands.admin('disable ada');
		await hands.admin('enable ada');
		expect(await hands.statusOf('ada')).toBe('invited');
		expect(await hands.pod.access.get(ada)).toMatchObject({ signedOutUpTo: seconds(served.now) });
		expect((await hands.pod.access.get(ada)).disabled).toBeUndefined();
	});

	it('knows who is not there, before anything is written', async () => {
		for (const line of ['disable bob', 'enable bob', 'sign-out bob', 'delete bob --yes', 'limits bob --sessions 3'])
			expect(await hands.problem(line)).toMatchObject({ exit: 1, message: 'There is no user called bob. The command list shows who there is.' });
	});
});

describe('[security 8] sign-out', () => {
	it('ends every sign-in and leaves sessions alone', async () => {
		const ada = await hands.invited('ada');
		await hands.withSessions(ada, 1);
		await hands.withSockets(ada, seconds(served.now) - 100, one);
		await hands.admin('sign-out ada');
		expect(served.asked).toContain('AdminUserGlobalSignOut');
		expect(await hands.pod.access.get(ada)).toMatchObject({ signedOutUpTo: seconds(served.now), sockets: {} });
		expect((await hands.pod.sessions.list(ada))[0]?.desired.state).toBe('running');
		expect((await hands.pod.people.get('ada')).enabled).toBe(true);
	});
});

describe('delete', () => {
	it('asks for the name again, and does nothing without it', async () => {
		await hands.invited('ada');
		expect(await hands.problem('delete ada', 'bob')).toMatchObject({ exit: 1, message: expect.stringContaining('Nothing was deleted') });
		expect(await hands.problem('delete ada')).toMatchObject({ exit: 2, message: expect.stringContaining('--yes') });
		expect(await hands.statusOf('ada')).toBe('invited');
		expect((await hands.admin('delete ada', 'ada')).join('\n')).toContain('ada is deleted');
		expect(await hands.statusOf('ada')).toBe('none');
	});

	it('deletes the user and their sessions; who gets the name next is somebody else', async () => {
		const ada = await hands.invited('ada');
		await hands.withSessions(ada, 3);
		await hands.pod.users.put({ user: ada, claims: { [ids[0] as string]: { name: 'x', at: served.now.toISOString() } }, rev: 0 });
		const lines = await hands.admin('delete ada --yes');
		expect(lines[0]).toBe('ada is deleted, and 3 sessions with them; what runs is stopped within a minute.');
		for (const session of await hands.pod.sessions.list(ada)) expect(session.desired).toMatchObject({ state: 'deleted', by: 'operator' });
		expect((await hands.pod.users.get(ada)).claims).toEqual({});
		expect((await hands.pod.access.get(ada)).disabled).toBeDefined();
		expect(await hands.invited('ada')).not.toBe(ada);
	});

	it('that was cut off can be run again: the user goes last', async () => {
		await hands.invited('ada');
		served.fault = (operation) => (operation === 'AdminDeleteUser' ? refusal('InternalErrorException') : undefined);
		expect((await hands.problem('delete ada --yes')).exit).toBe(3);
		served.fault = undefined;
		await hands.admin('delete ada --yes');
		expect(await hands.statusOf('ada')).toBe('none');
	});
});
