/** `POST /agent/report` as it is deployed: who may say something, how much, how often, and what becomes of it. */
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { env } from '@shellpod/functions/env.ts';
import { Problem } from '@shellpod/protocol/http.ts';
import { type SessionId, sessionId } from '@shellpod/protocol/ids.ts';
import { agentApi, reports as limits } from '@shellpod/protocol/limits.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { startingSession, testUser } from '../support/sockets.ts';

const taskId = '0123456789abcdef0123456789abcdef';
const at = '2026-11-22T08:00:00.000Z';
const before = { ...process.env };

let server: TestTable;
let handler: typeof import('@shellpod/functions/agent-report.lambda.ts').handler;
let uid = 100_000;
let session: SessionId;
const logged = vi.spyOn(process.stdout, 'write');

beforeAll(async () => {
	server = await startTable();
	Object.assign(process.env, {
		...server.environment,
		[env.deployment]: 'sp',
	});
	({ handler } = await import('@shellpod/functions/agent-report.lambda.ts'));
});

afterAll(async () => {
	logged.mockRestore();
	process.env = before;
	await server.stop();
});

const addSession = async (change: Partial<SessionRecord> = {}): Promise<void> => {
	uid++;
	session = sessionId(`session${'abcdefghijklmnopqrstuvwxyz'[uid % 26]}${String.fromCharCode(97 + (Math.floor(uid / 26) % 26))}aaa`);
	const roleName = `sp-home-${uid}`;
	const slot = { ...startingSession().slot, uid, roleName, roleArn: `arn:aws:iam::000000000000:role/homes/${roleName}` };
	await createSlots(server.items).begin(uid, at);
	await createSlots(server.items).finish(slot, at);
	await createSlots(server.items).take({ ...slot, at, state: 'free' }, { user: testUser, session }, at);
	const record = startingSession({ id: session, slot });
	const task = { ...(record.task ?? expect.fail()), arn: `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${taskId}` };
	await createSessions(server.items).create({ ...record, task, ...change });
};

beforeEach(async () => {
	logged.mockReset().mockReturnValue(true);
	await addSession();
});

const own = () => `arn:aws:sts::000000000000:assumed-role/sp-home-${uid}/${taskId}`;
const say = (body: string, userArn = own(), more = {}) =>
	handler({ requestContext: { requestId: 'request-1', authorizer: { iam: { userArn } } }, body, ...more });
const report = (text: string, kind = 'crash') => JSON.stringify({ kind, text });
const kept = () => createReportStore(server.items).get(session);
const codeOf = (answer: { body?: string }) => Problem.parse(JSON.parse(answer.body ?? '')).code;
const lines = () => logged.mock.calls.map(([line]) => String(line)).join('');

describe('a report', () => {
	test('of the task that runs is kept, as plain text, until its day is over', async () => {
		expect(await say(report('tmux: not found\n'))).toEqual({ statusCode: 204, headers: { 'cache-control': 'no-store' } });
		expect((await kept()).last).toMatchObject({ generation: 1, kind: 'crash', text: 'tmux: not found' });
		const item = await server.items.get({ pk: `REPORT#${session}`, sk: 'REPORT' });
		const day = Number(item?.expires) - Date.parse((await kept()).last?.at ?? '') / 1_000;
		expect(Math.round(day / 3_600)).toBe(24);
	});

	test.each([
		['of a stranger’s task', () => `arn:aws:sts::000000000000:assumed-role/sp-home-${uid}/${'f'.repeat(32)}`],
		['of another account', () => `arn:aws:sts::999999999999:assumed-role/sp-home-${uid}/${taskId}`],
		['of a slot that nobody has', () => `arn:aws:sts::000000000000:assumed-role/sp-home-999999/${taskId}`],
		['of a function', () => `arn:aws:sts::000000000000:assumed-role/sp-api/${taskId}`],
		['of the operator', () => 'arn:aws:iam::000000000000:user/operator'],
		['of nobody', () => ''],
	])('[S6] %s is refused, and nothing is kept', async (_, userArn) => {
		const answer = await say(report('x'), userArn());
		expect([answer.statusCode, codeOf(answer)]).toEqual([403, 'forbidden']);
		expect(await kept()).toEqual({ session, times: [], rev: 0 });
	});

	test.each<[string, Partial<SessionRecord>]>([
		['an older generation', { generation: 2 }],
		['a stopped session', { desired: { state: 'stopped', by: 'user', why: 'You stopped it', at }, phase: 'stopping' }],
		['a failed session', { phase: 'failed' }],
	])('[S6] of %s is refused', async (_, change) => {
		await addSession(change);
		expect((await say(report('x'))).statusCode).toBe(403);
		expect((await kept()).last).toBeUndefined();
	});

	test('of a task that the record does not name yet is for later', async () => {
		const { task } = startingSession();
		await addSession(task && { task });
		const answer = await say(report('x'));
		expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
	});

	test('a request without a caller is refused, not crashed on', async () => {
		expect((await handler({ requestContext: { requestId: 'request-1' }, body: report('x') })).statusCode).toBe(403);
	});
});

describe('what it may say', () => {
	test.each([
		['nothing', ''],
		['no JSON', 'crashed'],
		['a list', '[]'],
		['null', 'null'],
		['another kind', report('x', 'exit')],
		['a prototype’s kind', report('x', '__proto__')],
		['no text', report('')],
		['a number', '{"kind":"crash","text":1}'],
		['something more', JSON.stringify({ kind: 'crash', text: 'x', user: 'alice' })],
		['a prototype', '{"kind":"crash","text":"x","__proto__":{"admin":true},"constructor":1}'],
		['text that is too long', report('x'.repeat(limits.maxText + 1))],
		['only what can’t be shown', report('\u001b[31m\u0000\u202e\u200b')],
	])('%s is refused by our own words', async (_, body) => {
		const answer = await say(body);
		expect([answer.statusCode, codeOf(answer)]).toEqual([400, 'invalid_request']);
		expect((await kept()).last).toBeUndefined();
	});

	test.each([
		['plain', (body: string) => say(body)],
		['in base64', (body: string) => say(Buffer.from(body).toString('base64'), own(), { isBase64Encoded: true })],
	])('8 KB and one byte are too many, %s', async (_, send) => {
		const answer = await send(`${' '.repeat(limits.maxBytes)}x`);
		expect([answer.statusCode, codeOf(answer)]).toEqual([413, 'too_large']);
		expect((await send(report('x').padEnd(limits.maxBytes))).statusCode).toBe(204);
	});

	test('six times in ten minutes, whoever asks at once; then 429 with the time to wait', async () => {
		const answers = [];
		for (let index = 0; index < 6; index++) answers.push(await say(report(`try ${index}`)));
		expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(204));
		const refused = await say(report('try 6'));
		expect([refused.statusCode, codeOf(refused)]).toEqual([429, 'too_many']);
		expect(Number((refused.headers as Record<string, string>)['retry-after'])).toBeGreaterThan(590);
		expect((await kept()).last?.text).toBe('try 5');
	});

	test('[security 18] a task that reports without end reads nothing more, and others are not concerned', async () => {
		const stranger = 'arn:aws:sts::000000000000:assumed-role/sp-home-100009/ffffffffffffffffffffffffffffffff';
		const answers = await Promise.all(Array.from({ length: agentApi.burst + 20 }, () => say(report('x'), stranger)));
		expect(answers.filter(({ statusCode }) => statusCode === 403).length).toBeGreaterThanOrEqual(agentApi.burst);
		expect(answers.at(-1)).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } });
		expect((await say(report('x'))).statusCode).toBe(204);
	});

	test('of many that race, at most six are taken', async () => {
		const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => say(report(`racer ${index}`))));
		const taken = answers.filter(({ statusCode }) => statusCode === 204).length;
		expect(taken).toBeGreaterThan(0);
		expect(taken).toBeLessThanOrEqual(6);
		expect((await kept()).times).toHaveLength(taken);
		for (const { statusCode } of answers) expect([204, 409, 429]).toContain(statusCode);
	});

	test('[security 11] the log tells that something was said, never what', async () => {
		const canary = 'canary-5f3a';
		await say(report(`password ${canary}`));
		await say(`{"kind":"${canary}"}`);
		await say(report(canary), 'arn:aws:iam::000000000000:user/operator');
		expect(lines()).toContain('"event":"task_reported"');
		expect(lines()).toContain(`"session":"${session}"`);
		expect(lines()).not.toContain(canary);
	});
});
