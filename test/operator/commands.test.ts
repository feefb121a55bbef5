import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { signOut as endSignIn } from '@shellpod/functions/core/access.ts';
import { limitsOf } from '@shellpod/functions/core/user-record.ts';
import { type ConnectionId, connectionId, sessionId, type UserId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, parseCommandLine } from '../../operator/command-line.ts';
import { Problem } from '../../operator/problem.ts';
import { run } from '../../operator/run.ts';
import type { ShellPod } from '../../operator/shellpod.ts';
import { startingSession } from '../support/sockets.ts';
import { everybodys, page, paper, refusal, type Served, serve } from './served.ts';

let served: Served;
let pod: ShellPod;
beforeEach(async () => {
	await served?.stop();
	served = await serve();
	pod = await served.open();
});
afterAll(() => served.stop());

const command = (line: string): Exclude<Command, { kind: 'help' }> => {
	const { command: parsed } = parseCommandLine(line.split(' '));
	if (parsed.kind === 'help') throw new Error('help');
	return parsed;
};

/** Runs a command; gives the lines that it said. */
const admin = async (line: string, ...answers: string[]): Promise<string[]> => {
	const screen = paper(...answers);
	await run(pod, command(line), screen);
	return screen.lines;
};

const problem = async (line: string, ...answers: string[]): Promise<Problem> => {
	const error = await admin(line, ...answers).then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof Problem)) throw error ?? new Error(`no problem with ${line}`);
	return error;
};

const invited = async (name: string): Promise<UserId> => {
	await admin(`invite ${name} --email ${name}@example.com`);
	return (await pod.people.get(name)).user;
};

const ids = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(sessionId);
/** Sessions as the control plane would have written them: running, all of them. */
const withSessions = async (user: UserId, count: number): Promise<void> => {
	const sessions = createSessions(served.table.items);
	for (const id of ids.slice(0, count)) await sessions.create(startingSession({ user, id, name: `of ${id}` }));
};

/** Open viewers, as `$connect` writes them; since long enough to be sure that "gone" means gone. */
const withSockets = async (user: UserId, signIn: number, ...connections: ConnectionId[]): Promise<void> => {
	const access = createAccessRecords(served.table.items);
	const record = await access.get(user);
	const since = new Date(served.now.getTime() - 60_000).toISOString();
	const [session = ids[0] as (typeof ids)[number]] = ids;
	const sockets = Object.fromEntries(connections.map((id) => [id, { session, signIn, since }]));
	expect(await access.put({ ...record, sockets: { ...record.sockets, ...sockets } })).toBe(true);
};
const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const [one, two] = [connectionId('one='), connectionId('two=')];
const statusOf = async (name: string): Promise<string> => {
	const [text = ''] = await admin('list --json');
	return (JSON.parse(text) as { name: string; status: string }[]).find((line) => line.name === name)?.status ?? 'none';
};

describe('invite', () => {
	it('makes the user, says what they get and until when it is good', async () => {
		served.now = new Date();
		const lines = await admin('invite ada --email ada@example.com');
		const until = new Date((await pod.people.get('ada')).changedAt.getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
		expect(lines[0]).toContain(`ada@example.com, good until ${until}`);
		expect(lines[1]).toContain(page);
		expect(await pod.people.get('ada')).toMatchObject({ email: 'ada@example.com', enabled: true, invited: true });
		expect(await statusOf('ada')).toBe('invited');
	});

	it('needs an address, and a name that nobody has', async () => {
		expect(await problem('invite ada')).toMatchObject({ exit: 2, message: expect.stringContaining('--email') });
		await invited('ada');
		expect(await problem('invite ada --email b@example.com')).toMatchObject({ exit: 1, message: expect.stringContaining('--again') });
	});

	it('sends another mail to who did not come, and says when that invitation has ended', async () => {
		await invited('ada');
		served.now = new Date(Date.now() + 8 * 86_400_000);
		expect(await statusOf('ada')).toBe('invitation expired');
		expect((await admin('invite ada --again'))[0]).toContain('ada is invited again');
		expect((await problem('invite bob --again')).message).toBe('There is no user called bob. The command list shows who there is.');
	});

	it.each([
		['CodeDeliveryFailureException', 'could not be sent'],
		['LimitExceededException', '50 a day'],
		['UnsupportedUserStateException', 'has signed in before'],
	])('tells of %s in words', async (code, words) => {
		served.fault = (operation) => (operation === 'AdminCreateUser' ? refusal(code) : undefined);
		expect((await problem('invite ada --email ada@example.com')).message).toContain(words);
	});

	it('on one machine sends nobody anything: the key is the invitation', async () => {
		served.show(served.stacks('shellpod', { PageAddress: 'http://localhost:8080' }));
		pod = await served.open();
		const lines = (await admin('invite ada')).join('\n');
		expect(lines).toContain('the key is the invitation');
		expect(lines).toContain('signs in as ada');
		expect(served.asked).toEqual(['AdminGetUser']);
	});
});

describe('list', () => {
	it('says that there is nobody, and how to mend that', async () => {
		expect(await admin('list')).toEqual(['There are no users yet. The command invite makes one.']);
	});

	it('has each user’s status, sessions, terminals and the last sign-in that is known', async () => {
		const ada = await invited('ada');
		await invited('bob');
		await withSessions(ada, 2);
		await withSockets(ada, 1_795_334_400, one, two);
		const access = createAccessRecords(served.table.items);
		await access.put(endSignIn(await access.get(ada), 1_795_334_460, '2040-01-01T00:00:00.000Z', served.now.toISOString()));
		expect(await admin('list')).toEqual([
			'NAME  STATUS   SESSIONS  TERMINALS  LAST SIGN-IN KNOWN',
			'ada   invited  2/2       2          2026-11-22 08:01 UTC',
			'bob   invited  0/0       0          -',
		]);
		const [line] = JSON.parse((await admin('list --json'))[0] ?? '') as unknown[];
		expect(line).toEqual({
			name: 'ada',
			user: ada,
			email: 'ada@example.com',
			status: 'invited',
			sessions: { running: 2, all: 2 },
			sockets: 2,
			lastSignIn: '2026-11-22T08:01:00.000Z',
		});
	});

	it('reads all pages of a user pool', async () => {
		for (let at = 0; at < 61; at++) await pod.people.invite(`user-${at}`, undefined, false);
		expect(await admin('list')).toHaveLength(62);
		expect(served.asked.filter((operation) => operation === 'ListUsers')).toHaveLength(2);
	});
});

describe('[security 8] disable', () => {
	it('shuts the door, ends sign-ins, closes terminals and stops sessions', async () => {
		const ada = await invited('ada');
		await withSessions(ada, 2);
		await withSockets(ada, seconds(served.now) - 100, one, two);
		const lines = await admin('disable ada');
		expect(lines).toEqual([
			'ada is disabled: no sign-in, no access.',
			'2 open terminals closed.',
			'2 sessions will be stopped within a minute; homes and sessions stay.',
		]);
		expect(served.connections.asked.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
			'DELETE /ws/@connections/one%3D',
			'DELETE /ws/@connections/two%3D',
		]);
		const record = await pod.access.get(ada);
		expect(record).toMatchObject({ disabled: { by: 'olga' }, sockets: {} });
		expect((await pod.people.get('ada')).enabled).toBe(false);
		for (const session of await pod.sessions.list(ada))
			expect(session).toMatchObject({
				phase: 'stopping',
				desired: { state: 'stopped', by: 'operator' },
				reason: 'The operator stopped it',
				dueAt: served.now.toISOString(),
			});
		expect(await statusOf('ada')).toBe('disabled');
	});

	it('tells the sessions’ user why', async () => {
		const ada = await invited('ada');
		await withSessions(ada, 1);
		await run(pod, { kind: 'disable', name: 'ada', reason: 'ask Olga' }, paper());
		expect((await pod.sessions.list(ada))[0]?.reason).toBe('The operator stopped it: ask Olga');
	});

	it('says what could not be closed at once: the sweep comes back to it', async () => {
		const ada = await invited('ada');
		await withSockets(ada, seconds(served.now) - 100, one, two);
		served.connections.answer = ({ path }) => ({ status: path.includes('one') ? 403 : 410, body: '' });
		expect(await admin('disable ada')).toContain('1 open terminal could not be closed at once; that follows within a minute.');
		const record = await pod.access.get(ada);
		expect(Object.keys(record.sockets)).toEqual([one]);
		expect(record.dueAt).toBeDefined();
	});

	it('that was cut off says so, shows in the list, and goes on when it is run again', async () => {
		const ada = await invited('ada');
		await withSessions(ada, 1);
		served.fault = (operation) => (operation === 'AdminDisableUser' ? refusal('AccessDeniedException', 'User: olga is not authorized') : undefined);
		const cut = await problem('disable ada');
		expect(cut.exit).toBe(3);
		expect(cut.message).toContain("ada can't get in any more");
		expect(cut.message).toContain('olga is not authorized');
		expect(cut.message).toContain('Run the same command again');
		expect(await statusOf('ada')).toBe('half disabled');
		expect((await pod.access.get(ada)).disabled).toBeDefined();
		served.fault = undefined;
		await admin('disable ada');
		expect(await statusOf('ada')).toBe('disabled');
		expect((await pod.sessions.list(ada))[0]?.desired.state).toBe('stopped');
		// and once more changes nothing
		await admin('disable ada');
		expect(await statusOf('ada')).toBe('disabled');
	});

	it('is taken back by enable; what was signed in stays signed out', async () => {
		const ada = await invited('ada');
		await admin('disable ada');
		await admin('enable ada');
		expect(await statusOf('ada')).toBe('invited');
		expect(await pod.access.get(ada)).toMatchObject({ signedOutUpTo: seconds(served.now) });
		expect((await pod.access.get(ada)).disabled).toBeUndefined();
	});

	it('knows who is not there, before anything is written', async () => {
		for (const line of ['disable bob', 'enable bob', 'sign-out bob', 'delete bob --yes', 'limits bob --sessions 3'])
			expect(await problem(line)).toMatchObject({ exit: 1, message: 'There is no user called bob. The command list shows who there is.' });
	});
});

describe('[security 8] sign-out', () => {
	it('ends every sign-in and leaves sessions alone', async () => {
		const ada = await invited('ada');
		await withSessions(ada, 1);
		await withSockets(ada, seconds(served.now) - 100, one);
		await admin('sign-out ada');
		expect(served.asked).toContain('AdminUserGlobalSignOut');
		expect(await pod.access.get(ada)).toMatchObject({ signedOutUpTo: seconds(served.now), sockets: {} });
		expect((await pod.sessions.list(ada))[0]?.desired.state).toBe('running');
		expect((await pod.people.get('ada')).enabled).toBe(true);
	});
});

describe('delete', () => {
	it('asks for the name again, and does nothing without it', async () => {
		await invited('ada');
		expect(await problem('delete ada', 'bob')).toMatchObject({ exit: 1, message: expect.stringContaining('Nothing was deleted') });
		expect(await problem('delete ada')).toMatchObject({ exit: 2, message: expect.stringContaining('--yes') });
		expect(await statusOf('ada')).toBe('invited');
		expect((await admin('delete ada', 'ada')).join('\n')).toContain('ada is deleted');
		expect(await statusOf('ada')).toBe('none');
	});

	it('deletes the user and their sessions; who gets the name next is somebody else', async () => {
		const ada = await invited('ada');
		await withSessions(ada, 3);
		await pod.users.put({ user: ada, claims: { [ids[0] as string]: { name: 'x', at: served.now.toISOString() } }, rev: 0 });
		const lines = await admin('delete ada --yes');
		expect(lines[0]).toBe('ada is deleted, and 3 sessions with them; what runs is stopped within a minute.');
		for (const session of await pod.sessions.list(ada)) expect(session.desired).toMatchObject({ state: 'deleted', by: 'operator' });
		expect((await pod.users.get(ada)).claims).toEqual({});
		expect((await pod.access.get(ada)).disabled).toBeDefined();
		expect(await invited('ada')).not.toBe(ada);
	});

	it('that was cut off can be run again: the user goes last', async () => {
		await invited('ada');
		served.fault = (operation) => (operation === 'AdminDeleteUser' ? refusal('InternalErrorException') : undefined);
		expect((await problem('delete ada --yes')).exit).toBe(3);
		served.fault = undefined;
		await admin('delete ada --yes');
		expect(await statusOf('ada')).toBe('none');
	});
});

describe('limits', () => {
	it('shows, sets, keeps what is not named, and goes back', async () => {
		const ada = await invited('ada');
		expect(await admin('limits ada')).toEqual([
			'sessions              10  as everybody',
			'starts per hour       30  as everybody',
			'new sessions per day  20  as everybody',
		]);
		expect((await pod.users.get(ada)).rev).toBe(0);
		await admin('limits ada --sessions 2');
		expect((await admin('limits ada --starts-per-hour 5'))[0]).toBe('sessions              2   set for ada; everybody has 10');
		expect(limitsOf(await pod.users.get(ada), everybodys)).toEqual({ sessions: 2, startsPerHour: 5, createsPerDay: 20 });
		await admin('limits ada --default');
		expect(limitsOf(await pod.users.get(ada), everybodys)).toEqual(everybodys);
	});

	it('loses nothing of what a function writes at the same time', async () => {
		const ada = await invited('ada');
		const { users } = pod;
		let raced = false;
		const get: typeof users.get = async (user) => {
			const record = await users.get(user);
			if (!raced) await users.put({ ...record, claims: { [ids[0] as string]: { name: 'mine', at: served.now.toISOString() } } });
			raced = true;
			return record;
		};
		pod = { ...pod, users: { ...users, get } };
		await admin('limits ada --sessions 2');
		expect(await users.get(ada)).toMatchObject({ limits: { sessions: 2 }, claims: { [ids[0] as string]: { name: 'mine' } } });
	});

	it('gives up on a record that never stands still', async () => {
		await invited('ada');
		pod = { ...pod, users: { ...pod.users, put: async () => false } };
		expect((await problem('limits ada --sessions 2')).message).toContain('Run the command again');
	});
});

describe('[security 18] starts', () => {
	it('off has the operator’s words, and on takes them back', async () => {
		expect(await admin('starts')).toEqual(['Starts are on.']);
		await run(pod, { kind: 'starts', on: false, reason: 'The budget is used up.' }, paper());
		expect(await pod.startSwitch.get()).toEqual({ at: served.now.toISOString(), by: 'olga', why: 'The budget is used up.' });
		expect((await admin('starts'))[0]).toContain('by olga. Users read: The budget is used up.');
		expect(await admin('starts on')).toEqual(['Starts are on.']);
		expect(await pod.startSwitch.get()).toBeUndefined();
	});
});
