import { createAdmissions } from '@shellpod/functions/core/admission.ts';
import { callerOf, contextOf, taskCaller } from '@shellpod/functions/core/callers.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { SlotItem } from '@shellpod/functions/core/slot.ts';
import { createTickets } from '@shellpod/functions/core/tickets.ts';
import type { ObservedTask } from '@shellpod/functions/ports.ts';
import { AgentTicket } from '@shellpod/protocol/http.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';
import { caller, memoryMeters, memoryTickets, oneSession, startingSession, testSession, testUser } from '../support/sockets.ts';

const taskId = '0123456789abcdef0123456789abcdef';
const taskArn = `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${taskId}`;
const arnOf = (role: string, task = taskId, account = '000000000000') => `arn:aws:sts::${account}:assumed-role/${role}/${task}`;
const own = arnOf('sp-home-100000');

const known = (change: Partial<SessionRecord> = {}): SessionRecord => {
	const record = startingSession();
	return { ...record, task: { ...(record.task ?? expect.fail()), arn: taskArn }, ...change };
};

const seen = (change: Partial<ObservedTask> = {}): ObservedTask => ({
	arn: taskArn,
	of: { session: testSession, generation: 1 },
	lastStatus: 'RUNNING',
	desiredStatus: 'RUNNING',
	containers: [{ lastStatus: 'RUNNING' }],
	...change,
});

const setUp = (record: SessionRecord | undefined, tasks: ObservedTask[] = []) => {
	const now = () => new Date('2026-11-22T08:00:05Z');
	const { cuts } = memoryMeters();
	const sessions = oneSession(record);
	const looks: string[] = [];
	const slot: SlotItem = {
		...startingSession().slot,
		state: 'taken',
		at: '2026-11-22T08:00:00.000Z',
		takenBy: { user: testUser, session: testSession },
	};
	const admit = createAdmissions({
		deployment: 'sp',
		endpoint: 'https://abc.execute-api.us-east-1.amazonaws.com/ws',
		slots: { get: async (uid) => (uid === slot.uid ? slot : uid === 100_001 ? { uid, state: 'making', at: slot.at } : undefined) },
		sessions,
		agentMs: 90_000,
		tasks: {
			look: async (family) => {
				looks.push(family);
				return { tasks, missing: [] };
			},
		},
		tickets: createTickets({ store: memoryTickets(), now, random: (bytes) => new Uint8Array(bytes) }),
		cuts,
		noteVisit: async () => {},
		now,
	});
	return { admit, sessions, looks, cuts };
};

describe("an agent's ticket", () => {
	test('[security 18] is refused while it is cut off for a flood, and it hears when it may ask again', async () => {
		const { admit, cuts } = setUp(known());
		const at = Date.parse('2026-11-22T08:00:05Z');
		await cuts.make({ session: testSession, user: testUser, role: 'viewer' }, at + 300_000, new Date(at));
		expect(await admit(own)).toBeDefined();
		await cuts.make({ session: testSession, user: testUser, role: 'agent' }, at + 123_400, new Date(at));
		await expect(admit(own)).rejects.toMatchObject({ code: 'flooding', retryAfter: 124 });
		expect(await admit(arnOf('sp-home-100000', 'f'.repeat(32)))).toBeUndefined();
	});

	test('goes to the task that the record names, without asking ECS', async () => {
		const { admit, looks } = setUp(known());
		const ticket = await admit(own);
		expect(AgentTicket.parse(ticket)).toMatchObject({
			url: 'wss://abc.execute-api.us-east-1.amazonaws.com/ws',
			session: testSession,
			generation: 1,
			expiresAt: '2026-11-22T08:00:35.000Z',
		});
		expect(looks).toEqual([]);
	});

	test('[lifecycle 3] goes to a task that only ECS knows yet, and the record learns its name', async () => {
		const { admit, sessions, looks } = setUp(startingSession(), [seen()]);
		expect(await admit(own)).toMatchObject({ generation: 1 });
		expect(looks).toEqual(['sp-home-100000']);
		expect(sessions.record?.task?.arn).toBe(taskArn);
		await admit(own);
		expect(looks).toHaveLength(1);
	});

	const stopped = { state: 'stopped', by: 'user', why: 'You stopped it', at: '2026-11-22T08:00:00.000Z' } as const;
	test.each<[string, SessionRecord | undefined, string]>([
		['a task of an older generation', known({ generation: 2 }), own],
		['another task of the same Home', known(), arnOf('sp-home-100000', 'f'.repeat(32))],
		['a stopped session', known({ desired: stopped, phase: 'stopping' }), own],
		['a deleted session', known({ desired: { ...stopped, state: 'deleted' } }), own],
		['a failed session', known({ phase: 'failed' }), own],
		['a session that was never asked for', known({ generation: 0, task: { ...(known().task ?? expect.fail()), generation: 1 } }), own],
		["another account's role of that name", known(), arnOf('sp-home-100000', taskId, '111111111111')],
		["another deployment's Home", known(), arnOf('other-home-100000')],
		['a slot that is not made yet', known(), arnOf('sp-home-100001')],
		['a slot that is not there', known(), arnOf('sp-home-100002')],
		['a role of no Home', known(), arnOf('sp-api')],
		['a session with another slot', known({ slot: { ...startingSession().slot, roleName: 'sp-home-100009' } }), own],
		['a person', known(), 'arn:aws:iam::000000000000:user/operator'],
		['nobody', known(), ''],
	])('[S6] is refused to %s, and nothing is written', async (_, record, userArn) => {
		const { admit, sessions, looks } = setUp(record, [seen()]);
		expect(await admit(userArn)).toBeUndefined();
		expect(sessions.writes).toBe(0);
		expect(looks).toEqual([]);
	});

	test('[S6] is refused when the session is gone', async () => {
		const { admit, sessions } = setUp(known());
		sessions.record = undefined;
		expect(await admit(own)).toBeUndefined();
	});

	test.each<[string, Partial<ObservedTask>]>([
		['is of an older generation', { of: { session: testSession, generation: 2 } }],
		['is of another session', { of: { session: sessionId('zzzzzzzzzzzz'), generation: 1 } }],
		['was told to stop', { desiredStatus: 'STOPPED' }],
		['has ended, though ECS does not say so yet', { containers: [{ lastStatus: 'STOPPED' }] }],
		['has ended', { lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }],
	])('[S6] is refused when the task that ECS shows %s', async (_, change) => {
		const { admit, sessions } = setUp(startingSession(), [seen(change)]);
		expect(await admit(own)).toBeUndefined();
		expect(sessions.writes).toBe(0);
	});

	test('[lifecycle 3] waits while ECS does not show the task yet: a refusal would be for good', async () => {
		const other = seen({ arn: taskArn.replace(taskId, 'e'.repeat(32)) });
		for (const shown of [[], [other]]) {
			const { admit, sessions } = setUp(startingSession(), shown);
			await expect(admit(own)).rejects.toMatchObject({ code: 'unavailable' });
			expect(sessions.writes).toBe(0);
		}
	});

	test('[lifecycle 6] is refused when a stop comes in between', async () => {
		const { admit, sessions } = setUp(startingSession(), [seen()]);
		sessions.before = () => {
			if (sessions.record) sessions.record = { ...sessions.record, rev: sessions.record.rev + 1, desired: stopped };
		};
		expect(await admit(own)).toBeUndefined();
	});

	test('a record that is always written by somebody else is a conflict, not a refusal', async () => {
		const { admit, sessions } = setUp(startingSession(), [seen()]);
		sessions.before = () => {
			if (sessions.record) sessions.record = { ...sessions.record, rev: sessions.record.rev + 1 };
		};
		await expect(admit(own)).rejects.toMatchObject({ code: 'conflict' });
	});
});

describe('who is calling', () => {
	test('a task is known by its role and its id', () => {
		expect(taskCaller(own)).toEqual({ account: '000000000000', roleName: 'sp-home-100000', taskId });
		expect(taskCaller(own.replace('arn:aws:', 'arn:aws-cn:'))?.taskId).toBe(taskId);
	});

	test.each([
		'arn:aws:sts::000000000000:assumed-role/path/sp-home-100000/0123456789abcdef0123456789abcdef',
		'arn:aws:sts::000000000000:assumed-role/sp-home-100000/i-0123456789',
		'arn:aws:sts::000000000000:federated-user/sp-home-100000',
		'arn:aws:iam::000000000000:role/sp-home-100000',
		`${own}\n`,
		` ${own}`,
	])('%j is no task', (userArn) => {
		expect(taskCaller(userArn)).toBeUndefined();
	});

	test("an authorizer's context comes back as it was, all of it text on the way", () => {
		const callers = fc
			.tuple(fc.constantFrom('viewer' as const, 'agent' as const), fc.stringMatching(/^[a-z0-9]{1,7}$/), fc.integer({ min: 1 }))
			.map(([role, name, generation]) => caller(role, name, generation));
		holds([callers], (one) => {
			const context = contextOf(one);
			for (const value of Object.values(context)) expect(typeof value).toBe('string');
			expect(callerOf({ ...context, principalId: one.user, integrationLatency: 3 })).toEqual(one);
		});
	});

	test('a context that lacks anything is refused', () => {
		const context = contextOf(caller('viewer', 'v'));
		for (const name of Object.keys(context)) expect(() => callerOf({ ...context, [name]: undefined }), name).toThrow(TypeError);
		for (const wrong of [{ role: 'operator' }, { generation: '0' }, { generation: '1.5' }, { generation: 'x' }, { sender: 'S' }, { session: '../x' }])
			expect(() => callerOf({ ...context, ...wrong }), JSON.stringify(wrong)).toThrow(TypeError);
		expect(() => callerOf(undefined)).toThrow(TypeError);
	});
});
