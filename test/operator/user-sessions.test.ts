import { expect, test } from 'vitest';
import { createUserSessions } from '../../operator/user-sessions.ts';
import { createInMemorySessions } from '../support/in-memory-table.ts';
import { startingSession, testSession, testUser } from '../support/sockets.ts';

test('[security 8] a session is stopped though its agent writes the record again and again, nearer to the table than the operator', async () => {
	const sessions = createInMemorySessions();
	await sessions.create(startingSession());
	let first = 60;
	const beaten: typeof sessions.put = async (record) => {
		const newest = await sessions.get(testUser, testSession);
		if (first-- > 0 && newest) await sessions.put(newest);
		return sessions.put(record);
	};
	const stopped = await createUserSessions({ sessions: { ...sessions, put: beaten }, now: () => new Date(0) }).stopAll(testUser, 'too expensive');
	expect(stopped).toBe(1);
	expect((await sessions.get(testUser, testSession))?.desired.state).toBe('stopped');
});
