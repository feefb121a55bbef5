/** The operator's command as it is typed, beside a running `npm start` and a user with an open terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { openViewer } from '../support/viewer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let stack: Stack;
beforeAll(async () => {
	stack = await startStack();
}, 120_000);
afterAll(() => stack?.dispose());

interface Said {
	code: number;
	out: string;
	error: string;
}

const adminIn = async (environment: Record<string, string>, ...args: string[]): Promise<Said> => {
	const child = spawn(process.execPath, ['scripts/shellpod-admin.mjs', ...args], {
		cwd: root,
		env: { PATH: process.env.PATH, HOME: stack.state, SHELLPOD_STATE: stack.state, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const said: Said = { code: -1, out: '', error: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => {
		said.out += text;
	});
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		said.error += text;
	});
	[said.code] = (await once(child, 'close')) as [number];
	return said;
};
const admin = (...args: string[]): Promise<Said> => adminIn({}, ...args);
const done = async (...args: string[]): Promise<string> => {
	const said = await admin('--local', ...args);
	expect(said).toMatchObject({ code: 0, error: `shellpod on this machine: ${stack.origin}\n` });
	return said.out;
};
const statusOf = async (name: string): Promise<unknown> =>
	(JSON.parse(await done('list', '--json')) as { name: string; status: string }[]).find((line) => line.name === name)?.status;

const openTerminal = async (user: HttpUser, session: string) =>
	openViewer(await user.ticket(session), { origin: stack.origin, cookie: user.cookie() }, 80, 24);

it('[security 8] [security 13] [security 17] [security 18] holds over the whole stack', { timeout: 180_000 }, async () => {
	expect(await done('invite', 'ada')).toContain('the key is the invitation');
	const ada = await signInByHttp(stack, 'ada');
	const { id } = await ada.createSession('first');
	await ada.reaches(id, 'Running');

	// limits count at the next create, and are told of
	await done('limits', 'ada', '--sessions', '1');
	expect(await ada.api('GET', '/api/me')).toMatchObject({ limits: { sessions: 1 } });
	await expect(ada.createSession('second')).rejects.toThrow('You can have 1 session, the trash included.');

	// a switch that stops all starts, in the operator's words
	await done('starts', 'off', '--reason', 'The budget is used up.');
	await expect(ada.createSession('third')).rejects.toThrow('The operator says: The budget is used up.');
	await done('starts', 'on');

	// sign-out everywhere: the terminal closes, the sign-in is worth nothing, another is good
	const before = await openTerminal(ada, id);
	expect(await done('list')).toMatch(/^ada +active +1\/1 +1 +20/m);
	expect(await done('sign-out', 'ada')).toContain('1 open terminal closed.');
	await before.closed;
	await expect(ada.api('GET', '/api/sessions')).rejects.toThrow('401');
	const again = await signInByHttp(stack, 'ada');
	expect((await again.session(id)).state).toBe('Running');

	// disable: the terminal closes within the minute, nothing is allowed any more, nobody comes in
	const viewer = await openTerminal(again, id);
	const begun = performance.now();
	const words = await done('disable', 'ada', '--reason', 'left the team');
	await viewer.closed;
	expect(performance.now() - begun).toBeLessThan(60_000);
	expect(words).toContain('1 open terminal closed.');
	expect(words).toContain('1 session will be stopped');
	await expect(again.api('GET', '/api/sessions')).rejects.toThrow('403');
	const outside = await signInByHttp(stack, 'ada');
	await expect(outside.api('GET', '/api/sessions')).rejects.toThrow('no access token: 401');
	expect(await statusOf('ada')).toBe('disabled');

	// enable: the same user, the same session, with the reason for its rest
	await done('enable', 'ada');
	const back = await signInByHttp(stack, 'ada');
	expect(await back.session(id)).toMatchObject({ reason: 'The operator stopped it: left the team' });
	expect(['Stopping', 'Stopped']).toContain((await back.session(id)).state);
	await back.api('POST', `/api/sessions/${id}/start`);
	await back.reaches(id, 'Running');

	// delete: the name is somebody else's, with nothing of it
	const refused = await admin('--local', 'delete', 'ada');
	expect(refused).toMatchObject({ code: 2, error: expect.stringContaining('--yes') });
	expect(await done('delete', 'ada', '--yes')).toContain('ada is deleted, and 1 session with them');
	await expect(back.api('GET', '/api/sessions')).rejects.toThrow('403');
	const other = await signInByHttp(stack, 'ada');
	expect(await other.api('GET', '/api/sessions')).toEqual({ sessions: [], trash: [] });
	await expect(other.session(id)).rejects.toThrow('404');
});

it('says what is missing, in one line', { timeout: 120_000 }, async () => {
	expect(await admin('--local', 'disable', 'nobody')).toMatchObject({
		code: 1,
		out: '',
		error: expect.stringContaining('There is no user called nobody. The command list shows who there is.\n'),
	});
	expect(await admin('--local', 'list', '--deployment', 'other')).toMatchObject({
		code: 1,
		error: 'There is no ShellPod called other in us-east-1. There is one called shellpod: choose with --deployment.\n',
	});
	expect(await admin('--local', '--aws', 'list')).toMatchObject({ code: 1, error: '--local or --aws: not both\n' });
	expect(await adminIn({ AWS_EC2_METADATA_DISABLED: 'true' }, '--aws', 'list', '--region', 'us-east-1')).toMatchObject({
		code: 1,
		error: expect.stringMatching(/^No AWS credentials: .*\nSet AWS_PROFILE or say --profile/),
	});
	expect(await adminIn({ AWS_PROFILE: 'work' }, 'list')).toMatchObject({ code: 1, error: expect.stringContaining('Say --local or --aws.') });
	// where only one could be meant, nobody needs to say which
	expect(await admin('list', '--json')).toMatchObject({ code: 0 });
	expect(await adminIn({ SHELLPOD_STATE: join(stack.state, 'none') }, '--local', 'list')).toMatchObject({
		code: 1,
		error: expect.stringContaining('start one with npm start'),
	});
});
