/** Two ways to the same records: with the SDK, and without it where a cold start is waited for. Whatever one writes, the other reads. */
import { createSessionRecords } from '@shellpod/functions/adapters/session-records.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { shardOf } from '@shellpod/functions/core/keys.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { DueSession, Sessions } from '@shellpod/functions/ports.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { connection, startingSession, testUser } from '../support/sockets.ts';

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

type Records = Pick<Sessions, 'get' | 'put'>;
const withSdk = (): Records => createSessions(server.table);
const without = (): Records => createSessionRecords(server.items);

let sessions = 0;
const written = async (change: Partial<SessionRecord> = {}): Promise<SessionRecord> => {
	const id = sessionId(`session${'abcdefghijklmnopqrstuvwxyz'[sessions++]}2345`);
	return (await createSessions(server.table).create(startingSession({ id, ...change }))) ?? expect.fail('not created');
};

/** Every optional field is there. */
const full: Partial<SessionRecord> = {
	phase: 'running',
	reason: 'Its agent – “does not answer” 😀',
	start: { since: '2026-11-22T08:00:00.000Z', tries: 0, stepAt: '2026-11-22T08:00:00.000Z' },
	stops: { 'arn:aws:ecs:us-east-1:000000000000:task/c/1': { first: '2026-11-22T08:00:00.000Z', last: '2026-11-22T08:00:01.000Z' } },
	crashes: ['2026-11-22T08:00:00.000Z'],
	agent: {
		generation: 1,
		connectionId: connection('a'),
		sender: 'abcdefgh' as NonNullable<SessionRecord['agent']>['sender'],
		versions: [1, 2],
		leaseUntil: '2026-11-22T08:02:30.000Z',
	},
};

describe.each([
	['with an SDK, read without', withSdk, without],
	['without an SDK, read with one', without, withSdk],
	['without an SDK, read without', without, without],
] as const)('a record written %s', (_, writer, reader) => {
	test('comes back whole, with the next rev', async () => {
		const before = await written();
		const after = { ...before, ...full };
		expect(await writer().put(after)).toEqual({ ...after, rev: 2 });
		expect(await reader().get(testUser, before.id)).toEqual({ ...after, rev: 2 });
	});

	test('[S3] is written by the first only, of those who read the same rev', async () => {
		const before = await written();
		const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => writer().put({ ...before, name: `name ${at}` })));
		const winners = answers.filter((answer) => answer !== undefined);
		expect(winners).toHaveLength(1);
		expect(await reader().get(testUser, before.id)).toEqual(winners[0]);
	});

	test('is due when it says so, and not any more when it does not', async () => {
		const before = await written({ dueAt: '2026-11-22T08:00:10.000Z' });
		const due = async () => {
			const found: DueSession[] = [];
			for await (const one of createSessions(server.table).due(shardOf(before.id), '2027-01-01T00:00:00.000Z'))
				if (one.id === before.id) found.push(one);
			return found;
		};
		const moved = await writer().put({ ...before, dueAt: '2026-11-22T08:05:00.000Z' });
		expect(await due()).toEqual([{ user: testUser, id: before.id, dueAt: '2026-11-22T08:05:00.000Z' }]);
		const { dueAt: _, ...rest } = moved ?? expect.fail();
		await writer().put(rest);
		expect(await due()).toEqual([]);
	});
});

test('a record that is not there is undefined, and is not made by put', async () => {
	const missing = startingSession({ id: sessionId('missing23456') });
	expect(await without().get(testUser, missing.id)).toBeUndefined();
	expect(await without().put(missing)).toBeUndefined();
	expect(await without().get(testUser, missing.id)).toBeUndefined();
});
