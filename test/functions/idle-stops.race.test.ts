/** The stop of a session that nobody uses, and its user, in the same instant: in every order of reads and writes that the seed can think of. */
import { createActivities } from '@shellpod/functions/core/activities.ts';
import { createIdleCommands } from '@shellpod/functions/core/idle-commands.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Sessions } from '@shellpod/functions/ports.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { inTurns } from '../support/in-turns.ts';
import { holdsAsync } from '../support/property.ts';
import { arnOf, at, dateAt, idleUntil, lease, idle as limits, running, session, task, user } from '../support/session-records.ts';
import { caller, flakyConnections } from '../support/sockets.ts';

type Act = (sessions: Sessions) => Promise<unknown>;
const now = () => dateAt(102);
const agent = lease(150).connectionId;

const acts: Record<string, Act> = {
	'opens it': (sessions) => createIdleCommands({ sessions, limits, now }).opened(user, session),
	'keeps it': (sessions) => createIdleCommands({ sessions, limits, now }).keep(user, session, 3_600_000),
	'types in it': (sessions) =>
		createActivities({ sessions, gateway: flakyConnections(), limits, now })(
			agent,
			{ ...caller('agent', 'a'), user, session },
			JSON.stringify({ action: 'activity', inputMs: 0, doing: [] }),
		),
};

/** What was written, one after the other, where the last question was answered and both come at once. */
const race = async (scheduler: fc.Scheduler, act: Act): Promise<SessionRecord[]> => {
	const written: SessionRecord[] = [];
	const plane = createControlPlane({
		wrap: (stored) =>
			inTurns(
				scheduler,
				{
					...stored,
					put: async (record: SessionRecord) => {
						const after = await stored.put(record);
						if (after) written.push(after);
						return after;
					},
				},
				['get', 'put'],
			),
	});
	plane.clock.pass(102);
	plane.tasks.tasks.set(arnOf('one'), task());
	const asking = { nonce: '1-1', at: at(100), answered: true } as const;
	await plane.stored.create(running({ idle: { ...idleUntil(100), asking }, agent: lease(150), dueAt: at(100) }));
	const done = Promise.all([
		plane.drive(user, session),
		act(plane.sessions).catch((error: unknown) => {
			// Who keeps a session that is stopped is told so.
			if (!(error instanceof ShellPodError)) throw error;
		}),
	]);
	await scheduler.waitFor(done);
	return written;
};

test.each(Object.keys(acts))('[S5] [N5] it is stopped or used, whoever is first: somebody %s', async (name) => {
	const act = acts[name] ?? expect.fail(name);
	const ends = new Set<string>();
	await holdsAsync(
		[fc.scheduler()],
		async (scheduler) => {
			const written = await race(scheduler, act);
			const first = written.findIndex(({ idle }) => Date.parse(idle?.deadline ?? '') > now().getTime());
			const states = written.map(({ desired }) => desired.state);
			if (first >= 0) expect(states).not.toContain('stopped');
			else expect(states).toContain('stopped');
			ends.add(first >= 0 ? 'used' : 'stopped');
		},
		100,
	);
	expect([...ends].sort()).toEqual(['stopped', 'used']);
});
