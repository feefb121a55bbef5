/** Who takes part in the recorded run, and how it waits: each wait is for something that can be seen, and says what did not come. */
import { scheduler } from 'node:timers/promises';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { Me } from '@shellpod/protocol/http.ts';
import { type SessionId, sessionId, type UserId, userId } from '@shellpod/protocol/ids.ts';
import type { Operator } from '../../../support/operator.ts';
import type { Stack } from '../../../support/stack.ts';
import type { HttpUser } from '../../../support/user.ts';

/** ms between two looks */
const pollMs = 20;
/** ms that anything may take on two cores that are busy with other tests; only what hangs takes so long */
const patienceMs = 60_000;

export const until = async <T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> => {
	const end = performance.now() + patienceMs;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() > end) throw new Error(`the run waited in vain: ${what}`);
		await scheduler.wait(pollMs);
	}
};

/** What comes by itself, or says what did not. */
export const within = async <T>(what: string, coming: Promise<T>): Promise<T> => {
	const end = new AbortController();
	const late = scheduler.wait(patienceMs, { signal: end.signal }).then(() => Promise.reject(new Error(`the run waited in vain: ${what}`)));
	try {
		return await Promise.race([coming, late]);
	} finally {
		late.catch(() => {});
		end.abort();
	}
};

/** A session of the run, seen from behind. */
export interface Actor {
	id: SessionId;
	record(): Promise<SessionRecord>;
	/** Writes what `change` makes of the record, as a function does that is cut off right after. */
	write(change: (record: SessionRecord) => SessionRecord): Promise<SessionRecord>;
	/** Waits for a record like this. */
	comesTo(what: string, holds: (record: SessionRecord) => boolean): Promise<SessionRecord>;
}

export interface Cast {
	stack: Stack;
	user: HttpUser;
	/** the user's id */
	owner: UserId;
	operator: Operator;
	/** Makes a session by the API and waits until it runs. */
	session(name: string): Promise<Actor>;
}

export const assemble = async (stack: Stack, user: HttpUser, operator: Operator): Promise<Cast> => {
	const sessions = createSessions(operator.items);
	const owner = userId(Me.parse(await user.api('GET', '/api/me')).id);

	const actor = (id: SessionId): Actor => {
		const record = async (): Promise<SessionRecord> => {
			const found = await sessions.get(owner, id);
			if (!found) throw new Error(`no session ${id}`);
			return found;
		};
		return {
			id,
			record,
			write: (change) => until('a write of its record', async () => sessions.put(change(await record()))),
			comesTo: (what, holds) =>
				until(what, async () => {
					const found = await record();
					return holds(found) && found;
				}),
		};
	};
	return {
		stack,
		user,
		owner,
		operator,
		async session(name) {
			const made = actor(sessionId((await user.createSession(name)).id));
			await made.comesTo(`${name} runs`, ({ phase }) => phase === 'running');
			return made;
		},
	};
};
