/**
 * The asynchronous functions, and what the API does to sessions, as Lambda loads them: run twice with one event, and in an environment that dies at any
 * one of its calls to the outside, made and not yet answered, whereupon the event comes again. Whatever happens, the end is a good one.
 * What the simulation shows of their cores (scenario `one-life`), this shows of the entries.
 */
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { env } from '@shellpod/functions/env.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { credentials, startTable, type TestTable } from '../support/dynoxide.ts';
import { eventOf, pageOrigin } from '../support/http-api.ts';
import { createEcs, startMortalEnvironment, type Task } from '../support/mortal-environment.ts';
import { base } from '../support/session-records.ts';

const cluster = 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod';

let table: TestTable;
afterEach(() => void vi.useRealTimers());
beforeAll(async () => {
	table = await startTable();
});
afterAll(async () => {
	vi.unstubAllEnvs();
	await table.stop();
});

let ecs = createEcs();

const values: Record<keyof typeof env, string> = {
	table: 'shellpod',
	cluster,
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

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'] });
	for (const [name, variable] of Object.entries(env)) vi.stubEnv(variable, values[name as keyof typeof env]);
	vi.stubEnv('AWS_REGION', 'us-east-1');
	vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
});

type Item = Record<string, unknown> & { pk: string; sk: string };
const items = async (): Promise<Item[]> => ((await table.table.client.send(new ScanCommand({ TableName: 'shellpod' }))).Items ?? []) as Item[];
const clear = async (wanted: (item: Item) => boolean): Promise<void> => {
	for (const { pk, sk } of (await items()).filter(wanted)) await table.items.remove({ pk, sk });
};
/** Time passes, of the one clock of all functions: what was asked is asked again after some seconds, a lease ends within a minute. */
const passes = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
const minute = 61_000;

type Run = () => Promise<unknown>;
const functions = {
	slots: async () => (await import('@shellpod/functions/slots.lambda.ts')).handler(),
	sweep: async () => (await import('@shellpod/functions/sweep.lambda.ts')).handler(),
	taskEvents: async () => (await import('@shellpod/functions/task-events.lambda.ts')).handler({ detail: { group: 'family:pod-home-100000' } }),
	api: (method: string, path: string, body?: object) => async () =>
		(await import('@shellpod/functions/api.lambda.ts')).handler(eventOf({ method, path, ...(body && { body }) })),
};

/** Runs a function in an environment of its own; the crash, or what it answered or threw. */
const run = async (work: Run, lastCall?: number): Promise<{ calls: number; outcome: unknown }> => {
	const environment = await startMortalEnvironment(table.endpoint, ecs, lastCall);
	for (const service of ['ECS', 'EFS', 'IAM', 'DYNAMODB']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, environment.url);
	vi.resetModules();
	const outcome = await Promise.race([environment.died, work().catch((error: unknown) => ({ threw: error }))]);
	if (outcome !== 'died') environment.end();
	return { calls: environment.calls, outcome };
};
const runAll = async (...works: Run[]): Promise<void> => {
	for (const work of works) await run(work);
};

const sessions = async (): Promise<SessionRecord[]> =>
	(await items()).filter(({ sk }) => sk.startsWith('SESSION#')).map(({ record }) => record as SessionRecord);
const slots = async (state: string): Promise<Item[]> => (await items()).filter((item) => item.sk === 'SLOT' && item.state === state);
const tasks = (desiredStatus: string): Task[] => [...ecs.tasks.values()].filter((one) => one.desiredStatus === desiredStatus);
/** What happens to tasks outside. */
const ecsStops = (): void => {
	for (const task of tasks('STOPPED'))
		Object.assign(task, { lastStatus: 'STOPPED', containers: [{ name: 'session', lastStatus: 'STOPPED', exitCode: 0 }] });
};
const ofSession =
	(method: string, what = '', body?: object): Run =>
	async () => {
		const [session] = await sessions();
		return functions.api(method, `/api/sessions/${session?.id}${what}`, body)();
	};
/** The next minute, or any event, makes somebody look. */
const look = (): Promise<unknown> => run(functions.taskEvents);
const create = functions.api('POST', '/api/sessions', { name: 'demo' });
const stopped = async (): Promise<void> => {
	ecsStops();
	passes(minute);
	await run(functions.sweep);
};

interface Case {
	name: string;
	prepare: () => Promise<void>;
	work: Run;
	/** ms until it is run again */
	pause?: number;
	/** Looks, and does what people and the next minute do. */
	good: () => Promise<void>;
}

const cases: readonly Case[] = [
	{
		name: 'slots',
		prepare: async () => {},
		work: functions.slots,
		pause: minute,
		good: async () => {
			expect(await slots('free')).toHaveLength(1);
			expect((await slots('making')).length).toBeLessThanOrEqual(1);
		},
	},
	{
		name: 'create',
		prepare: () => runAll(functions.slots),
		work: create,
		good: async () => {
			// Its name is claimed for a minute, its slot for ever: whoever comes back then gets another.
			if ((await sessions()).length === 0) {
				passes(minute);
				await runAll(functions.slots, create);
			}
			await look();
			const made = await sessions();
			expect(made).toHaveLength(1);
			expect(tasks('RUNNING').map(({ startedBy }) => startedBy)).toEqual([`pod/${made[0]?.id}/1`]);
		},
	},
	{
		name: 'start',
		prepare: async () => {
			await runAll(functions.slots, create, ofSession('POST', '/stop'));
			await stopped();
			expect((await sessions())[0]).toMatchObject({ phase: 'stopped' });
		},
		work: ofSession('POST', '/start'),
		good: async () => {
			await look();
			const [session] = await sessions();
			expect(session).toMatchObject({ phase: 'starting', generation: 2 });
			expect(tasks('RUNNING').map(({ startedBy }) => startedBy)).toEqual([`pod/${session?.id}/2`]);
		},
	},
	{
		name: 'stop',
		prepare: () => runAll(functions.slots, create),
		work: ofSession('POST', '/stop'),
		good: async () => {
			await look();
			expect(tasks('RUNNING')).toEqual([]);
			await stopped();
			expect((await sessions())[0]).toMatchObject({ phase: 'stopped' });
		},
	},
	{
		name: 'delete',
		prepare: () => runAll(functions.slots, create),
		work: ofSession('DELETE'),
		good: async () => {
			await look();
			expect(tasks('RUNNING')).toEqual([]);
			await stopped();
			for (const session of await sessions()) expect(session).toMatchObject({ desired: { state: 'trashed' }, phase: 'stopped' });
		},
	},
	{
		name: 'restore',
		prepare: () => runAll(functions.slots, create, ofSession('DELETE')),
		work: ofSession('POST', '/restore', {}),
		good: async () => {
			await look();
			await stopped();
			expect((await sessions())[0]).toMatchObject({ desired: { state: 'stopped' }, phase: 'stopped', name: 'demo' });
		},
	},
	{
		name: 'delete for good',
		prepare: () => runAll(functions.slots, create, ofSession('DELETE')),
		work: ofSession('POST', '/delete-for-good', { name: 'demo' }),
		good: async () => {
			await look();
			for (const session of await sessions()) expect(session).toMatchObject({ desired: { state: 'deleted' } });
		},
	},
	{
		name: 'task-events',
		prepare: async () => {
			await runAll(functions.slots, create);
			for (const task of tasks('RUNNING')) task.lastStatus = 'PENDING';
		},
		work: functions.taskEvents,
		good: async () => expect((await sessions())[0]).toMatchObject({ phase: 'starting', step: 'image' }),
	},
	{
		name: 'sweep',
		prepare: async () => {
			await runAll(functions.slots, create, ofSession('POST', '/stop'));
			ecsStops();
			passes(minute);
		},
		work: functions.sweep,
		pause: minute,
		good: async () => {
			expect((await sessions())[0]).toMatchObject({ phase: 'stopped' });
			expect(tasks('RUNNING')).toEqual([]);
		},
	},
];

describe.each(cases)('$name', ({ prepare, work, pause = 15_000, good }) => {
	it('ends well when it is run twice, and at whichever call its environment dies', { timeout: 60_000 }, async () => {
		await clear(() => true);
		ecs = createEcs();
		await prepare();
		const before = { items: await items(), ecs: ecs.save(), time: Date.now() };
		const restore = async (): Promise<void> => {
			await clear(() => true);
			for (const item of before.items) await table.items.put(item);
			ecs = createEcs(before.ecs);
			vi.setSystemTime(before.time);
		};
		const { calls } = await run(work);
		expect(calls).toBeGreaterThan(1);
		await good();
		passes(pause);
		await run(work);
		await good();
		for (let call = 0; call < calls; call++) {
			await restore();
			expect((await run(work, call)).outcome).toBe('died');
			passes(pause);
			await run(work);
			passes(pause);
			await good().catch((error: unknown) => {
				throw new Error(`when it died at call ${call} of ${calls}`, { cause: error });
			});
		}
	});
});
