/** The numbers are the rules of functions/core/SPEC.md. */
import { createIdleCommands } from '@shellpod/functions/core/idle-commands.ts';
import { nextGeneration } from '@shellpod/functions/core/lifecycle.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { expect, test } from 'vitest';
import { at, dateAt, idle, idleUntil, record, running, session, user } from '../support/session-records.ts';
import { oneSession } from '../support/sockets.ts';

const commandsOn = (one: SessionRecord, seconds: number) => {
	const sessions = oneSession(one);
	return { sessions, ...createIdleCommands({ sessions, limits: idle, now: () => dateAt(seconds) }) };
};
const back = nextGeneration(running({ idle: idleUntil(100) }), at(50));

test('[N3] who opens a session that comes back by itself is seen', async () => {
	const { sessions, opened } = commandsOn(back, 60);
	await opened(user, session);
	expect(sessions.record).toMatchObject({ phase: 'starting', dueAt: at(50), idle: { deadline: at(3_660), seenAt: at(60), last: { kind: 'open' } } });
});

test('[N2] so is who chooses another limit for it', async () => {
	const { sessions, choose } = commandsOn(back, 60);
	await choose(user, session, { limitMs: 3 * 3_600_000 });
	expect(sessions.record?.idle).toMatchObject({ deadline: at(60 + 3 * 3_600), last: { kind: 'choice' } });
});

test('[N3] opening a session that its user starts costs no write: it has its whole time when it runs', async () => {
	const { sessions, opened } = commandsOn(record(), 60);
	await opened(user, session);
	expect(sessions.writes).toBe(0);
});
