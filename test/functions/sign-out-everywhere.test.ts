import { type AccessRecord, admit, refusedTo, type Socket, signOutEverywhere, toClose } from '@shellpod/functions/core/access.ts';
import { expect, test } from 'vitest';
import { connection, testSession, testUser } from '../support/sockets.ts';

const now = '2026-11-22T08:00:10.500Z';
const second = Date.parse(now) / 1000;
const socket = (signIn: number): Socket => ({ session: testSession, signIn, since: now });

test('[security 8] the operator ends every sign-in up to now, known or not, and its connections; the next sign-in is good', () => {
	const open: AccessRecord = { user: testUser, rev: 1, signedOut: {}, ended: {}, sockets: { [connection('a')]: socket(second - 100) } };
	const out = signOutEverywhere(open, now);
	expect(toClose(out).map(([id]) => id)).toEqual([connection('a')]);
	expect(out.dueAt).toBeDefined();
	expect(refusedTo(out, Math.floor(second) - 5)).toBe('signed_out');
	expect(admit(out, connection('b'), socket(Math.floor(second)))).toBe('signed_out');
	expect(admit(out, connection('b'), socket(Math.floor(second) + 1))).toBeTypeOf('object');
});

test('[security 8] by a clock that is behind, what is open ends all the same, and what had ended stays so', () => {
	const late = second + 240;
	const open: AccessRecord = { user: testUser, rev: 1, signedOut: {}, ended: {}, sockets: { [connection('a')]: socket(Math.floor(late)) } };
	const out = signOutEverywhere(open, now);
	expect(toClose(out)).toHaveLength(1);
	const again = signOutEverywhere({ ...out, sockets: {} }, now);
	expect(refusedTo(again, Math.floor(late))).toBe('signed_out');
});
