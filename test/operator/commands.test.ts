import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { signOut as endSignIn } from '@shellpod/functions/core/access.ts';
import { limitsOf } from '@shellpod/functions/core/user-record.ts';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../operator/run.ts';
import { createHands, type Hands, ids, one, two } from './hands.ts';
import { everybodys, page, paper, refusal, type Served, serve } from './served.ts';

let served: Served;
let hands: Hands;
beforeEach(async () => {
	await served?.stop();
	served = await serve();
	hands = createHands(served, await served.open());
});
afterAll(() => served.stop());

describe('invite', () => {
	it('makes the user, says what they get and until when it is good', async () => {
		served.now = new Date();
		const lines = await hands.admin('invite ada --email ada@example.com');
		const until = new Date((await hands.pod.people.get('ada')).changedAt.getTime() + 7 * 86_400_000).toISOString().slice(0, 10);
		expect(lines[0]).toContain(`ada@example.com, good until ${until}`);
		expect(lines[1]).toContain(page);
		expect(await hands.pod.people.get('ada')).toMatchObject({ email: 'ada@example.com', enabled: true, invited: true });
		expect(await hands.statusOf('ada')).toBe('invited');
	});

	it('needs an address, and a name that nobody has', async () => {
		expect(await hands.problem('invite ada')).toMatchObject({ exit: 2, message: expect.stringContaining('--email') });
		await hands.invited('ada');
		expect(await hands.problem('invite ada --email b@example.com')).toMatchObject({ exit: 1, message: expect.stringContaining('--again') });
	});

	it('sends another mail to who did not come, and says when that invitation has ended', async () => {
		await hands.invited('ada');
		served.now = new Date(Date.now() + 8 * 86_400_000);
		expect(await hands.statusOf('ada')).toBe('invitation expired');
		expect((await hands.admin('invite ada --again'))[0]).toContain('ada is invited again');
		expect((await hands.problem('invite bob --again')).message).toBe('There is no user called bob. The command list shows who there is.');
	});

	it.each([
		['CodeDeliveryFailureException', 'could not be sent'],
		['LimitExceededException', '50 a day'],
		['UnsupportedUserStateException', 'has signed in before'],
	])('tells of %s in words', async (code, words) => {
		served.fault = (operation) => (operation === 'AdminCreateUser' ? refusal(code) : undefined);
		expect((await hands.problem('invite ada --email ada@example.com')).message).toContain(words);
	});

	it('on one machine sends nobody anything: the key is the invitation', async () => {
		served.show(served.stacks('shellpod', { PageAddress: 'http://localhost:8080' }));
		hands.pod = await served.open();
		const lines = (await hands.admin('invite ada')).join('\n');
		expect(lines).toContain('the key is the invitation');
		expect(lines).toContain('signs in as ada');
		expect(served.asked).toEqual(['AdminGetUser']);
	});
});

describe('list', () => {
	it('says that there is nobody, and how to mend that', async () => {
		expect(await hands.admin('list')).toEqual(['There are no users yet. The command invite makes one.']);
	});

	it('has each user’s status, sessions, terminals and the last sign-in that is known', async () => {
		const ada = await hands.invited('ada');
		await hands.invited('bob');
		await hands.withSessions(ada, 2);
		await hands.withSockets(ada, 1_795_334_400, one, two);
		const access = createAccessRecords(served.table.items);
		await access.put(endSignIn(await access.get(ada), 1_795_334_460, '2040-01-01T00:00:00.000Z', served.now.toISOString()));
		expect(await hands.admin('list')).toEqual([
			'NAME  STATUS   SESSIONS  TERMINALS  LAST SIGN-IN KNOWN',
			'ada   invited  2/2       2          2026-11-22 08:01 UTC',
			'bob   invited  0/0       0          -',
		]);
		const [line] = JSON.parse((await hands.admin('list --json'))[0] ?? '') as unknown[];
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
		for (let at = 0; at < 61; at++) await hands.pod.people.invite(`user-${at}`, undefined, false);
		expect(await hands.admin('list')).toHaveLength(62);
		expect(served.asked.filter((operation) => operation === 'ListUsers')).toHaveLength(2);
	});
});

describe('limits', () => {
	it('shows, sets, keeps what is not named, and goes back', async () => {
		const ada = await hands.invited('ada');
		expect(await hands.admin('limits ada')).toEqual([
			'sessions              10  as everybody',
			'starts per hour       30  as everybody',
			'new sessions per day  20  as everybody',
		]);
		expect((await hands.pod.users.get(ada)).rev).toBe(0);
		await hands.admin('limits ada --sessions 2');
		expect((await hands.admin('limits ada --starts-per-hour 5'))[0]).toBe('sessions              2   set for ada; everybody has 10');
		expect(limitsOf(await hands.pod.users.get(ada), everybodys)).toEqual({ sessions: 2, startsPerHour: 5, createsPerDay: 20 });
		await hands.admin('limits ada --default');
		expect(limitsOf(await hands.pod.users.get(ada), everybodys)).toEqual(everybodys);
	});

	it('loses nothing of what a function writes at the same time', async () => {
		const ada = await hands.invited('ada');
		const { users } = hands.pod;
		let raced = false;
		const get: typeof users.get = async (user) => {
			const record = await users.get(user);
			if (!raced) await users.put({ ...record, claims: { [ids[0] as string]: { name: 'mine', at: served.now.toISOString() } } });
			raced = true;
			return record;
		};
		hands.pod = { ...hands.pod, users: { ...users, get } };
		await hands.admin('limits ada --sessions 2');
		expect(await users.get(ada)).toMatchObject({ limits: { sessions: 2 }, claims: { [ids[0] as string]: { name: 'mine' } } });
	});

	it('gives up on a record that never stands still', async () => {
		await hands.invited('ada');
		hands.pod = { ...hands.pod, users: { ...hands.pod.users, put: async () => false } };
		expect((await hands.problem('limits ada --sessions 2')).message).toContain('Run the command again');
	});
});

describe('[security 18] starts', () => {
	it('off has the operator’s words, and on takes them back', async () => {
		expect(await hands.admin('starts')).toEqual(['Starts are on.']);
		await run(hands.pod, { kind: 'starts', on: false, reason: 'The budget is used up.' }, paper());
		expect(await hands.pod.startSwitch.get()).toEqual({ at: served.now.toISOString(), by: 'olga', why: 'The budget is used up.' });
		expect((await hands.admin('starts'))[0]).toContain('by olga. Users read: The budget is used up.');
		expect(await hands.admin('starts on')).toEqual(['Starts are on.']);
		expect(await hands.pod.startSwitch.get()).toBeUndefined();
	});
});
