/** What every store of counters and cuts does: the fake that other tests use, and the table. */
import { createCuts, createMeters } from '@shellpod/functions/adapters/meters.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTable, type TestTable } from '../support/dynoxide.ts';
import { memoryMeters, testSession, testUser } from '../support/sockets.ts';

const now = new Date('2026-11-22T08:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);

let server: TestTable;
beforeAll(async () => {
	server = await startTable();
});
afterAll(() => server.stop());

describe.each([
	['in memory', memoryMeters],
	['in the table', () => ({ meters: createMeters(server.items), cuts: createCuts(server.items) })],
] as const)('meters %s', (where, create) => {
	test('count each sender and each window apart, and lose nothing that comes at the same instant', async () => {
		const { meters } = create();
		const add = (of: string, window: number) => meters.add(testSession, `${where} ${of}`, window, { messages: 64, bytes: 640 });
		const sums = await Promise.all(Array.from({ length: 10 }, () => add('one', 1)));
		expect(Math.max(...sums.map(({ messages }) => messages))).toBe(640);
		expect(await add('one', 1)).toEqual({ messages: 704, bytes: 7_040 });
		expect(await add('one', 2)).toEqual({ messages: 64, bytes: 640 });
		expect(await add('other', 1)).toEqual({ messages: 64, bytes: 640 });
	});

	test('an end is cut off once, until its time is over, and no other with it', async () => {
		const { cuts } = create();
		const of = { session: testSession, user: testUser, role: 'agent' } as const;
		expect(await cuts.until(of, now)).toBeUndefined();
		const until = later(300_000).getTime();
		const made = await Promise.all(Array.from({ length: 5 }, () => cuts.make(of, until, now)));
		expect(made.filter(Boolean)).toHaveLength(1);
		expect(await cuts.until(of, later(299_999))).toBe(until);
		expect(await cuts.until({ ...of, role: 'viewer' }, now)).toBeUndefined();
		expect(await cuts.until(of, later(300_000))).toBeUndefined();
		expect(await cuts.make(of, later(600_000).getTime(), later(300_000))).toBe(true);
		expect(await cuts.until(of, later(300_001))).toBe(later(600_000).getTime());
	});
});
