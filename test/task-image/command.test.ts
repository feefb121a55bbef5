/** The `shellpod` command as somebody uses it in a session: a process, before the agent's socket. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { duration, sentenceOf } from '@shellpod/protocol/sentences.ts';
import { type Answer, listen, type Request, type Status } from '@shellpod/task-image/agent/senses/requests.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { idleView } from '../support/idle-view.ts';

const main = fileURLToPath(new URL('../../task-image/command/main.ts', import.meta.url));

let folder: string;
let server: Server | undefined;
let asked: Request[];
let answers: (request: Request) => Answer;
const status: Status = {
	connected: true,
	told: { idle: idleView({ doing: [] }), now: '2026-11-22T12:30:00.000Z', agoMs: 0 },
	doing: [{ kind: 'job', name: 'make test', sinceMs: 120_000 }],
	holds: [{ id: 3, reason: 'migration', leftMs: 3_600_000 }],
};

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-command-'));
	asked = [];
	answers = (request) =>
		request.do === 'status'
			? { is: 'status', status }
			: request.do === 'hold'
				? { is: 'held', id: 4, ms: request.ms }
				: request.do === 'notify'
					? { is: 'notified' }
					: { is: 'released', count: request.id === 9 ? 0 : 1 };
	server = await listen(join(folder, 'agent.sock'), async (request) => {
		asked.push(request);
		return answers(request);
	});
});

afterEach(() => {
	server?.close();
	rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ SHELLPOD_RUN: folder, PATH: process.env.PATH, HOME: folder });
const shellpod = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
	new Promise((done) => {
		execFile(process.execPath, [main, ...args], { env: environment() }, (error, out, err) => {
			done({ code: error ? Number(error.code) : 0, out, err });
		});
	});

describe('what it says', () => {
	test('status begins with the sentence of the dashboard, then what is seen', async () => {
		const { code, out, err } = await shellpod('status');
		const sentence = sentenceOf(
			{ state: 'Running', idle: idleView() },
			{ now: Date.parse('2026-11-22T12:30:00Z'), time: (iso) => `${iso.slice(11, 16)} UTC` },
		);
		expect({ code, err }).toEqual({ code: 0, err: '' });
		expect(out.split('\n')).toEqual([sentence, 'hold 3: migration, 1 h left', 'job make test, for 2 min', '']);
		expect(sentence).toBe('Running, idle for 30 min (last: you typed 12:00 UTC). Stops 13:00 UTC unless something happens.');
	});

	test('status without a connection says so', async () => {
		answers = () => ({ is: 'status', status: { ...status, connected: false, told: null, holds: [], doing: [] } });
		expect((await shellpod('status')).out).toBe(
			'Running. The control plane has not been heard yet.\nNot connected to the control plane just now; it tries by itself.\n',
		);
	});

	test('--json is for programs', async () => {
		expect(JSON.parse((await shellpod('status', '--json')).out)).toEqual(status);
		expect(JSON.parse((await shellpod('hold', '--json', '90m')).out)).toEqual({ id: 4, ms: 5_400_000 });
		expect(JSON.parse((await shellpod('release', '--json')).out)).toEqual({ released: 1 });
		expect(JSON.parse((await shellpod('notify', '--json', 'done')).out)).toEqual({ notified: true });
	});

	test('hold, release and notify ask for what was written', async () => {
		expect(await shellpod('hold', '1h30m', 'data', 'migration')).toMatchObject({ code: 0, out: `Held for ${duration(5_400_000)} (hold 4).\n` });
		expect(await shellpod('release', '4')).toMatchObject({ code: 0, out: 'Released: 1.\n' });
		expect(await shellpod('notify', 'the', 'tests are done')).toMatchObject({ code: 0, out: 'Your open pages show it.\n' });
		expect(await shellpod('notify', '--', '-5 tests fail')).toMatchObject({ code: 0 });
		expect(asked).toEqual([
			{ do: 'hold', reason: 'data migration', ms: 5_400_000 },
			{ do: 'release', id: 4 },
			{ do: 'notify', message: 'the tests are done' },
			{ do: 'notify', message: '-5 tests fail' },
		]);
	});

	test.each([[], ['help'], ['--help'], ['hold', '--help'], ['-h']])('help: %s %s', async (...words) => {
		const { code, out, err } = await shellpod(...words.filter((word) => word !== undefined));
		expect({ code, err }).toEqual({ code: 0, err: '' });
		for (const command of ['status', 'hold', 'release', 'notify', 'completion']) expect(out).toContain(`shellpod ${command}`);
		expect(asked).toEqual([]);
	});
});

describe('when it can not', () => {
	test.each([
		[['sleep'], 'there is no command sleep'],
		[['status', 'now'], 'status takes no words'],
		[['--jsn'], 'there is no option --jsn'],
		[['hold'], 'hold wants a duration or a command'],
		[['hold', '--'], 'hold -- wants a command'],
		[['hold', '2'], '2 is no duration'],
		[['hold', '0m'], '0m is no duration'],
		[['hold', '-1h'], 'there is no option -1h'],
		[['release', 'all'], 'all is no number of a hold'],
		[['release', '1', '2'], 'release takes one number'],
		[['notify'], 'notify wants a message'],
		[['notify', 'x'.repeat(201)], 'longer than 200 characters'],
		[['completion', 'fish'], 'completion wants bash or zsh'],
	])('%s is a wrong use: 2, and nothing is asked', async (words, what) => {
		const { code, out, err } = await shellpod(...words);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(err).toContain(what);
		expect(err).toContain('Try: shellpod help');
		expect(asked).toEqual([]);
	});

	test.each([['status'], ['hold', '1h'], ['release'], ['notify', 'done']])('%s without an agent: 1, and what to do', async (...words) => {
		server?.close();
		rmSync(join(folder, 'agent.sock'), { force: true });
		const { code, out, err } = await shellpod(...words);
		expect({ code, out }).toEqual({ code: 1, out: '' });
		expect(err).toMatch(/^shellpod: the session's agent doesn't answer; .* try once more/);
	});

	test('what the agent refuses: 1, in its words; a hold that is not there too', async () => {
		expect(await shellpod('release', '9')).toMatchObject({ code: 1, err: 'shellpod: there is no hold 9; shellpod status shows them\n' });
		answers = () => ({ is: 'error', message: 'There are too many holds' });
		expect(await shellpod('hold', '1h')).toMatchObject({ code: 1, out: '', err: 'shellpod: There are too many holds\n' });
	});
});

describe('hold -- COMMAND', () => {
	test('ends with the code of the command, whose words are its own; the hold is of its process and ends with it', async () => {
		const { code, out } = await shellpod('hold', '--', 'sh', '-c', 'echo "$0 $1"; exit 7', '--json', '-x');
		expect({ code, out }).toEqual({ code: 7, out: '--json -x\n' });
		expect(asked).toEqual([
			{ do: 'hold', reason: expect.stringContaining('sh -c'), ms: 12 * 3_600_000, pid: expect.any(Number) },
			{ do: 'release', id: 4 },
		]);
	});

	test.each([
		['a command that is not there', ['no-such-command-here'], 127],
		['one that can not be run', [main], 126],
		['one that a signal ended', ['sh', '-c', 'kill -KILL $$'], 137],
	])('%s', async (_, words, code) => {
		expect((await shellpod('hold', '--', ...words)).code).toBe(code);
	});

	test('runs all the same when nothing can hold, and says so', async () => {
		server?.close();
		rmSync(join(folder, 'agent.sock'), { force: true });
		const { code, out, err } = await shellpod('hold', '--', 'echo', 'ran');
		expect({ code, out }).toEqual({ code: 0, out: 'ran\n' });
		expect(err).toContain('nothing holds the session for it');
	});

	test('SIGTERM reaches the command', async () => {
		const child = spawn(process.execPath, [main, 'hold', '--', 'sh', '-c', 'trap "exit 5" TERM; echo up; while :; do sleep 0.1; done'], {
			env: environment(),
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		await once(child.stdout, 'data');
		child.kill('SIGTERM');
		expect(await once(child, 'exit')).toEqual([5, null]);
	});
});
