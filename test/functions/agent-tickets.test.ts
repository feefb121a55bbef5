/** `POST /agent/tickets` as it is deployed: what it answers, beside what `admission.test.ts` says of when. */
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { env } from '@shellpod/functions/env.ts';
import { AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import { agentApi } from '@shellpod/protocol/limits.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { startingSession, testSession, testUser } from '../support/sockets.ts';

const taskId = '0123456789abcdef0123456789abcdef';
const at = '2026-11-22T08:00:00.000Z';

let server: TestTable;
let handler: typeof import('@shellpod/functions/agent-tickets.lambda.ts').handler;
const before = { ...process.env };

beforeAll(async () => {
	server = await startTable();
	Object.assign(process.env, {
		...server.environment,
		[env.connections]: 'https://abc.execute-api.us-east-1.amazonaws.com/ws',
		[env.cluster]: 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod',
		[env.deployment]: 'sp',
		[env.agentSeconds]: '90',
	});
	({ handler } = await import('@shellpod/functions/agent-tickets.lambda.ts'));
	const record = startingSession();
	const slot = { ...record.slot, at } as const;
	await createSlots(server.items).begin(slot.uid, at);
	await createSlots(server.items).finish(slot, at);
	await createSlots(server.items).take({ ...slot, state: 'free' }, { user: testUser, session: testSession }, at);
	const arn = `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${taskId}`;
	await createSessions(server.items).create({ ...record, task: { ...(record.task ?? expect.fail()), arn } });
});

afterAll(async () => {
	process.env = before;
	await server.stop();
});

const ask = (userArn: string) => handler({ requestContext: { requestId: 'request-1', authorizer: { iam: { userArn } } } });

test('a task gets its ticket, which nobody keeps', async () => {
	const answer = await ask(`arn:aws:sts::000000000000:assumed-role/sp-home-100000/${taskId}`);
	expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } });
	expect(AgentTicket.parse(JSON.parse(answer.body))).toMatchObject({ session: testSession, generation: 1 });
});

test.each(['', 'arn:aws:iam::000000000000:user/operator', `arn:aws:sts::000000000000:assumed-role/sp-home-100000/${'f'.repeat(32)}`])(
	'[S6] %j is refused like everybody else',
	async (userArn) => {
		const answer = await ask(userArn);
		expect(answer).toMatchObject({ statusCode: 403, headers: { 'content-type': 'application/problem+json' } });
		expect(Problem.parse(JSON.parse(answer.body))).toEqual({
			type: 'about:blank',
			title: 'Not allowed',
			status: 403,
			detail: 'This task is not the agent of a session that runs.',
			code: 'forbidden',
			requestId: 'request-1',
		});
	},
);

test('a request without a signature’s caller is refused, not crashed on', async () => {
	expect(await handler({ requestContext: { requestId: 'request-1' } })).toMatchObject({ statusCode: 403 });
});

test('[security 18] a task that asks without end is told to wait, and others are not', async () => {
	const stranger = `arn:aws:sts::000000000000:assumed-role/sp-home-100009/${taskId}`;
	const answers = await Promise.all(Array.from({ length: agentApi.burst + 40 }, () => ask(stranger)));
	expect(answers.filter(({ statusCode }) => statusCode === 403).length).toBeGreaterThanOrEqual(agentApi.burst);
	expect(answers.at(-1)).toMatchObject({ statusCode: 429, headers: { 'retry-after': '1' } });
	expect((await ask(`arn:aws:sts::000000000000:assumed-role/sp-home-100000/${taskId}`)).statusCode).toBe(200);
});
