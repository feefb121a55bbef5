/** The functions of the lifecycle as Lambda loads them: environment, SDK clients and handlers, against a real table and the wire formats of ECS, EFS and IAM. */
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { env } from '@shellpod/functions/env.ts';
import type { HttpEvent } from '@shellpod/functions/routes/http-event.ts';
import { Session, SessionList } from '@shellpod/protocol/http.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AnsweringServer, startAnsweringServer } from '../support/answering-server.ts';
import { credentials, startTable, type TestTable } from '../support/dynoxide.ts';
import { eventOf, pageOrigin } from '../support/http-api.ts';
import { rolesCounted } from '../support/mortal-environment.ts';
import { arnOf, base } from '../support/session-records.ts';

const done = '<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata/></CreateRoleResponse>';

let table: TestTable;
let aws: AnsweringServer;
/** what ECS shows of the one task */
let task: Record<string, unknown> | undefined;
const definitions = new Map<string, unknown>([[base, { containerDefinitions: [{ name: 'session' }] }]]);

const ecs = (operation: string, input: Record<string, string>): unknown => {
	switch (operation) {
		case 'DescribeTaskDefinition':
			return { taskDefinition: definitions.get(input.taskDefinition ?? '') };
		case 'RegisterTaskDefinition': {
			const taskDefinitionArn = `arn:aws:ecs:us-east-1:000000000000:task-definition/${input.family}:1`;
			definitions.set(taskDefinitionArn, { ...input, taskDefinitionArn });
			return { taskDefinition: { taskDefinitionArn } };
		}
		case 'RunTask':
			task = {
				taskArn: arnOf('one'),
				startedBy: input.startedBy,
				group: `family:${/task-definition\/(.+):\d+$/.exec(input.taskDefinition ?? '')?.[1]}`,
				lastStatus: 'PROVISIONING',
				desiredStatus: 'RUNNING',
				containers: [],
			};
			return { tasks: [task], failures: [] };
		case 'ListTasks':
			return { taskArns: task && input.desiredStatus === task.desiredStatus ? [task.taskArn] : [] };
		case 'DescribeTasks':
			return { tasks: task ? [task] : [], failures: [] };
		case 'StopTask':
			task = { ...task, desiredStatus: 'STOPPED' };
			return { task };
		default:
			return {};
	}
};

beforeAll(async () => {
	[table, aws] = await Promise.all([startTable(), startAnsweringServer()]);
	aws.answer = ({ path, headers, body }) => {
		if (path.includes('access-points')) return { body: { AccessPointId: 'fsap-1' } };
		const operation = headers['x-amz-target']?.split('.')[1];
		return operation
			? { body: ecs(operation, JSON.parse(body)) }
			: { headers: { 'content-type': 'text/xml' }, body: body.includes('Action=GetAccountSummary') ? rolesCounted : done };
	};
	const values: Record<keyof typeof env, string> = {
		table: table.table.name,
		cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod',
		deployment: 'pod',
		subnets: 'subnet-1,subnet-2',
		securityGroup: 'sg-1',
		taskDefinition: base,
		fileSystem: 'fs-1',
		homeRolePath: '/pod/homes/',
		homeRoleBoundary: 'arn:aws:iam::000000000000:policy/pod-home',
		agentRoute: 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets',
		connections: 'https://ws.example/ws',
		pageOrigin,
		issuer: 'https://issuer.example',
		clientId: 'client-1',
		signInBase: 'https://sign-in.example',
		maxSessions: '10',
		startsPerHour: '30',
		createsPerDay: '20',
		unattendedHours: '168',
		defaultBudget: 'none',
		maxBudget: 'none',
		freeSlots: '1',
		agentSeconds: '90',
		automaticRestarts: '2',
	};
	for (const [name, variable] of Object.entries(env)) vi.stubEnv(variable, values[name as keyof typeof env]);
	for (const service of ['ECS', 'EFS', 'IAM']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, aws.url);
	vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', table.endpoint);
	vi.stubEnv('AWS_REGION', 'us-east-1');
	vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await Promise.all([table.stop(), aws.stop()]);
});

const api = async (method: string, path: string, body?: object) => {
	const { handler } = await import('@shellpod/functions/api.lambda.ts');
	const event: HttpEvent = eventOf({ method, path, ...(body && { body }) });
	return handler(event);
};

/** Nobody waits in a test: the record says that it is due now. */
const becomeDue = async (id: string): Promise<void> => {
	const sessions = createSessions(table.items);
	const record = (await sessions.get(userId('user-1'), sessionId(id))) ?? expect.fail('no such session');
	expect(record.dueAt).toBeDefined();
	await sessions.put({ ...record, dueAt: new Date(0).toISOString() });
};

describe('the functions as Lambda loads them', () => {
	it('make a Home, run a session in it, follow its task, and stop it', async () => {
		const { handler: slots } = await import('@shellpod/functions/slots.lambda.ts');
		const { handler: onTaskEvent } = await import('@shellpod/functions/task-events.lambda.ts');
		const { handler: sweep } = await import('@shellpod/functions/sweep.lambda.ts');
		const stateOf = async (id: string) => Session.parse(JSON.parse((await api('GET', `/api/sessions/${id}`)).body ?? ''));

		expect(await api('POST', '/api/sessions', { name: 'demo' })).toMatchObject({ statusCode: 503, headers: { 'retry-after': '10' } });
		await slots();
		const created = await api('POST', '/api/sessions', { name: 'demo' });
		expect(created.statusCode).toBe(201);
		const { id } = Session.parse(JSON.parse(created.body ?? ''));
		expect(task).toMatchObject({ startedBy: `pod/${id}/1` });

		task = { ...task, lastStatus: 'PENDING' };
		await onTaskEvent({ detail: { group: 'family:pod-home-100000' } });
		expect(await stateOf(id)).toMatchObject({ state: 'Starting', step: 'image' });

		expect(Session.parse(JSON.parse((await api('POST', `/api/sessions/${id}/stop`)).body ?? ''))).toMatchObject({ state: 'Stopping' });
		task = { ...task, lastStatus: 'STOPPED', containers: [{ name: 'session', lastStatus: 'STOPPED', exitCode: 0 }] };
		await becomeDue(id);
		await sweep();
		expect(await stateOf(id)).toMatchObject({ state: 'Stopped', reason: null });

		expect(await api('DELETE', `/api/sessions/${id}`)).toMatchObject({ statusCode: 204 });
		expect(SessionList.parse(JSON.parse((await api('GET', '/api/sessions')).body ?? ''))).toMatchObject({
			sessions: [],
			trash: [{ id, name: 'demo' }],
		});
	});
});
