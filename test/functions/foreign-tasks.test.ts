/** A task reaches nothing but its own session, by every route that takes a task's signature. What is new there and not here fails. */
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { env } from '@shellpod/functions/env.ts';
import { AgentTicket } from '@shellpod/protocol/http.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesize } from '../infra/templates.ts';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { startingSession } from '../support/sockets.ts';

interface Answer {
	statusCode: number;
	body?: string;
}
type Handler = (event: { requestContext: object; body: string } & Record<string, unknown>) => Promise<Answer>;

const people = {
	alice: { user: userId('alice'), session: sessionId('alicealice22'), uid: 100_001, task: 'a'.repeat(32) },
	mallory: { user: userId('mallory'), session: sessionId('mallorymal22'), uid: 100_002, task: 'b'.repeat(32) },
};
const at = '2026-11-22T08:00:00.000Z';
const before = { ...process.env };

let server: TestTable;
let handlers: Record<string, Handler>;

const come = async ({ user, session, uid, task }: (typeof people)['alice']): Promise<void> => {
	const roleName = `sp-home-${uid}`;
	const slot = { ...startingSession().slot, uid, roleName, family: roleName, roleArn: `arn:aws:iam::000000000000:role/homes/${roleName}` };
	const slots = createSlots(server.items);
	await slots.begin(uid, at);
	await slots.finish(slot, at);
	await slots.take({ ...slot, at, state: 'free' }, { user, session }, at);
	const record = startingSession({ user, id: session, slot });
	const arn = `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${task}`;
	await createSessions(server.items).create({ ...record, task: { ...(record.task ?? expect.fail()), arn } });
};

beforeAll(async () => {
	server = await startTable();
	Object.assign(process.env, {
		...server.environment,
		[env.connections]: 'https://abc.execute-api.us-east-1.amazonaws.com/ws',
		[env.cluster]: 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod',
		[env.deployment]: 'sp',
		[env.agentSeconds]: '90',
	});
	const [tickets, report] = await Promise.all([
		import('@shellpod/functions/agent-tickets.lambda.ts'),
		import('@shellpod/functions/agent-report.lambda.ts'),
	]);
	handlers = { 'POST /agent/tickets': tickets.handler as Handler, 'POST /agent/report': report.handler as Handler };
	for (const one of Object.values(people)) await come(one);
});

afterAll(async () => {
	process.env = before;
	await server.stop();
});

const stateOf = async ({ user, session }: (typeof people)['alice']) => ({
	record: await createSessions(server.items).get(user, session),
	report: await createReportStore(server.items).get(session),
});

/** Everything beside the signature names Alice. */
const ask = (route: string, userArn: string): Promise<Answer> => {
	const named = { session: people.alice.session, user: 'alice', uid: '100001' };
	const event = {
		requestContext: { requestId: 'request-1', authorizer: { iam: { userArn } } },
		body: route === 'POST /agent/report' ? JSON.stringify({ kind: 'crash', text: 'mallory was here' }) : JSON.stringify(named),
		headers: { 'x-session': people.alice.session, 'x-user': 'alice' },
		queryStringParameters: named,
		pathParameters: named,
	};
	return (handlers[route] ?? expect.fail(`no test of ${route}`))(event);
};

const arnOf = (uid: number, task: string, account = '000000000000') => `arn:aws:sts::${account}:assumed-role/sp-home-${uid}/${task}`;
const routes = ['POST /agent/tickets', 'POST /agent/report'];

describe('[security 7] routes for tasks', () => {
	test('are these: one that is not judged here fails', () => {
		const all = synthesize().of('AWS::ApiGatewayV2::Route');
		const signed = all.filter(({ Properties }) => Properties.AuthorizationType === 'AWS_IAM').map(({ Properties }) => Properties.RouteKey);
		expect(signed.sort()).toEqual([...routes].sort());
		const agents = all.map(({ Properties }) => String(Properties.RouteKey)).filter((key) => key.includes('/agent'));
		expect(agents.sort()).toEqual([...routes].sort());
	});

	test.each(routes)("%s: a task speaks for its own session, whatever else the request says, and reaches nothing of another's", async (route) => {
		const untouched = await stateOf(people.alice);
		const { uid, task, session } = people.mallory;
		const answer = await ask(route, arnOf(uid, task));
		expect(answer.statusCode).toBeLessThan(300);
		if (answer.body) expect(AgentTicket.parse(JSON.parse(answer.body)).session).toBe(session);
		expect(answer.body ?? '').not.toContain(people.alice.session);
		expect(await stateOf(people.alice)).toEqual(untouched);
	});

	test.each(
		routes.flatMap((route) => [
			[route, "its own task under another's role", arnOf(people.alice.uid, people.mallory.task)],
			[route, "another's task under its own role", arnOf(people.mallory.uid, people.alice.task)],
			[route, "another's task of another account", arnOf(people.alice.uid, people.alice.task, '999999999999')],
			[route, 'a slot that nobody has', arnOf(100_003, people.mallory.task)],
		]),
	)('%s: %s is refused as everybody else, and nothing is written', async (route, _, userArn) => {
		const untouched = [await stateOf(people.alice), await stateOf(people.mallory)];
		const answer = await ask(route, userArn);
		const stranger = await ask(route, 'arn:aws:iam::000000000000:user/stranger');
		expect([answer.statusCode, answer.body]).toEqual([403, stranger.body]);
		expect([await stateOf(people.alice), await stateOf(people.mallory)]).toEqual(untouched);
	});
});
