import {
	type AccessRecord,
	admissionWait,
	admit,
	disable,
	enable,
	endSession,
	isSettled,
	leave,
	maxAdmissions,
	maxSockets,
	refusedTo,
	rescheduled,
	type Socket,
	signOut,
	toClose,
} from '@shellpod/functions/core/access.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { describe, expect, test } from 'vitest';
import { connection, testSession, testUser } from '../support/sockets.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 8, 0, second)).toISOString();
const laptop = 1795334000;
const phone = 1795330000;
const otherSession = sessionId('otherses2345');

const socket = (signIn: number, second = 0, session = testSession): Socket => ({ session, signIn, since: at(second) });

/** With sockets by the name of their connection. */
const recordOf = (sockets: Record<string, Socket> = {}): AccessRecord => ({
	user: testUser,
	rev: 1,
	signedOut: {},
	ended: {},
	sockets: Object.fromEntries(Object.entries(sockets).map(([name, one]) => [connection(name), one])),
});

const admitted = (record: AccessRecord, name: string, one: Socket): AccessRecord => {
	const next = admit(record, connection(name), one);
	if (typeof next === 'string') throw new Error(`refused: ${next}`);
	return next;
};

const closing = (record: AccessRecord) => toClose(record).map(([id]) => id);

describe('[security 8] a sign-in that has ended', () => {
	const open = recordOf({ a: socket(laptop), b: socket(phone), c: socket(laptop, 0, otherSession) });
	const out = signOut(open, laptop, at(3600), at(10));

	test('has its connections closed, and no other’s', () => {
		expect(closing(out)).toEqual([connection('a'), connection('c')]);
		expect(out.dueAt).toBe(at(15));
		expect(closing(open)).toEqual([]);
		expect(open.dueAt).toBeUndefined();
	});

	test('gets no connection any more, and its tokens are worth nothing', () => {
		expect(admit(out, connection('d'), socket(laptop, 11))).toBe('signed_out');
		expect(refusedTo(out, laptop)).toBe('signed_out');
		expect(refusedTo(out, phone)).toBeUndefined();
		expect(admitted(out, 'd', socket(phone, 11)).sockets[connection('d')]).toEqual(socket(phone, 11));
	});

	test('is due until its connections are gone, and not after it', () => {
		const half = leave(out, [connection('a')], at(12));
		expect(half.dueAt).toBe(at(15));
		const done = leave(half, [connection('c')], at(13));
		expect(done).not.toHaveProperty('dueAt');
		expect(done.signedOut).toEqual({ [laptop]: at(3600) });
		expect(rescheduled(out, at(15)).dueAt).toBe(at(20));
	});

	test('is not put off by connections that come and go', () => {
		const busy = leave(admitted(out, 'd', socket(phone, 14)), [connection('d')], at(14));
		expect(busy.dueAt).toBe(at(15));
		expect(signOut(busy, phone, at(3600), at(14)).dueAt).toBe(at(15));
		expect(rescheduled(busy, at(14)).dueAt).toBe(at(19));
	});

	test('is remembered until its tokens are dead and its connections are closed, then forgotten', () => {
		expect(refusedTo(signOut(out, phone, at(7300), at(3700)), laptop)).toBe('signed_out');
		const closed = leave(out, [connection('a'), connection('c')], at(13));
		expect(refusedTo(admitted(closed, 'd', socket(phone, 3599)), laptop)).toBe('signed_out');
		expect(admitted(closed, 'd', socket(phone, 3601)).signedOut).toEqual({});
	});

	test('is one of any number, and the record stays small: the oldest are remembered by their time', () => {
		let record = recordOf();
		for (let time = 0; time < 1_000; time++) record = signOut(record, laptop + time, at(3600), at(10));
		expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(10_000);
		for (const signIn of [laptop, laptop + 500, laptop + 999]) expect(refusedTo(record, signIn)).toBe('signed_out');
		expect(refusedTo(record, laptop + 1_000)).toBeUndefined();
	});

	test('is told from names that objects have by themselves', () => {
		expect(refusedTo(recordOf(), Number.NaN)).toBeUndefined();
		expect(admit(recordOf(), connection('a'), { ...socket(laptop), session: 'constructor' as typeof testSession })).toBeTypeOf('object');
	});
});

describe('[security 8] a user who is disabled', () => {
	const off = disable(recordOf({ a: socket(laptop), b: socket(phone) }), 'operator', at(10));

	test('has every connection closed and gets none', () => {
		expect(closing(off)).toEqual([connection('a'), connection('b')]);
		expect(refusedTo(off, laptop)).toBe('disabled');
		expect(admit(off, connection('c'), socket(phone + 9))).toBe('disabled');
		expect(off.disabled).toEqual({ at: at(10), by: 'operator' });
		expect(disable(off, 'another', at(20))).toBe(off);
	});

	test('may come again when enabled, but not by a sign-in that has ended', () => {
		const on = enable(signOut(off, laptop, at(3600), at(11)), at(20));
		expect(refusedTo(on, phone)).toBeUndefined();
		expect(refusedTo(on, laptop)).toBe('signed_out');
		expect(enable(on, at(21))).toBe(on);
	});
});

describe('[security 8] a session that is deleted', () => {
	const gone = endSession(recordOf({ a: socket(laptop), b: socket(laptop, 0, otherSession) }), testSession, at(10));

	test('has its connections closed, and no other’s', () => {
		expect(closing(gone)).toEqual([connection('a')]);
	});

	test('takes none by a ticket of before', () => {
		expect(admit(gone, connection('c'), socket(laptop, 11))).toBe('ended');
		expect(admit(gone, connection('c'), socket(laptop, 11, otherSession))).toBeTypeOf('object');
	});

	test('is forgotten when no ticket of it can be left', () => {
		const closed = leave(gone, [connection('a')], at(12));
		expect(admitted(closed, 'c', socket(laptop, 69, otherSession)).ended).toEqual({ [testSession]: at(70) });
		expect(admitted(closed, 'c', socket(laptop, 70, otherSession)).ended).toEqual({});
	});
});

describe('[security 13] connections of a user', () => {
	const names = Array.from({ length: maxSockets }, (_, index) => `n${index}`);
	const eight = names.reduce((record, name, index) => admitted(record, name, socket(index % 2 ? laptop : phone, index)), recordOf());

	test('are eight at most, over all sign-ins and sessions', () => {
		expect(admit(eight, connection('ninth'), socket(laptop, 20, otherSession))).toBe('full');
		expect(admit(leave(eight, [connection('n3')], at(20)), connection('ninth'), socket(laptop, 20))).toBeTypeOf('object');
	});

	test('let in twice, since the first answer was lost, take one place', () => {
		const again = admitted(eight, 'n7', socket(laptop, 20));
		expect(Object.keys(again.sockets)).toEqual(names.map(connection));
	});

	test('are not counted for longer than the gateway keeps any', () => {
		const twoHours = 2 * 3600 + 600;
		expect(admit(eight, connection('ninth'), socket(laptop, twoHours - 1))).toBe('full');
		const later = admitted(eight, 'ninth', socket(laptop, twoHours + 3));
		expect(Object.keys(later.sockets)).toEqual([...names.slice(4), 'ninth'].map(connection));
	});

	test('may come and go 120 times a minute, and again in the next', () => {
		const come = (record: AccessRecord, second: number) => leave(admitted(record, 'a', socket(laptop, second)), [connection('a')], at(second));
		let record = recordOf();
		for (let time = 0; time < maxAdmissions; time++) record = come(record, time % 60);
		expect(admit(record, connection('b'), socket(laptop, 59))).toBe('hasty');
		expect([admissionWait(record, at(45)), admissionWait(record, at(60))]).toEqual([15, 0]);
		for (let time = 0; time < maxAdmissions; time++) record = come(record, 60);
		expect(admit(record, connection('b'), socket(laptop, 61))).toBe('hasty');
	});

	test('that nobody knows of leave nothing behind', () => {
		expect(leave(eight, [connection('stranger')], at(20))).toBe(eight);
	});

	test('may be unknown to the gateway until `$connect` has surely answered', () => {
		expect(isSettled(socket(laptop, 10), at(24))).toBe(false);
		expect(isSettled(socket(laptop, 10), at(25))).toBe(true);
	});
});
