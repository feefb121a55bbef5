/** The control plane's HTTP API. Everything that comes back is checked against the protocol's schemas. */
import { Costs, type SetBudget } from '@shellpod/protocol/costs.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import {
	type ChooseIdle,
	type ChooseUpdate,
	type DeleteForGood,
	EventPage,
	type KeepSession,
	type RestoreSession,
	Session,
	SessionList,
	Ticket,
	type TicketRequest,
	type UpdateChoice,
} from '@shellpod/protocol/http.ts';
import type { TerminalId } from '@shellpod/protocol/ids.ts';
import type * as z from 'zod/mini';
import type { Tokens } from '../auth/tokens.ts';
import { type Fetch, fetchJson } from './fetch-json.ts';

export interface Api {
	/** what there is, and what is in the trash */
	sessions(): Promise<SessionList>;
	session(id: string): Promise<Session>;
	create(name: string): Promise<Session>;
	rename(id: string, name: string): Promise<void>;
	/** into the trash */
	remove(id: string): Promise<void>;
	/** `name`: another one, where its own was taken meanwhile */
	restore(id: string, name?: string): Promise<void>;
	/** `name`: as a person has typed it */
	removeForGood(id: string, name: string): Promise<void>;
	start(id: string): Promise<void>;
	stop(id: string): Promise<void>;
	restart(id: string): Promise<void>;
	/** When what is planned for a session is done, by this device's nights. */
	update(id: string, when: UpdateChoice): Promise<void>;
	/** Keeps it running for so many minutes at least. */
	keep(id: string, minutes: number): Promise<void>;
	/** Another time after which it stops, or another word on a program. */
	chooseIdle(id: string, choice: ChooseIdle): Promise<void>;
	/** What happened to a session; `before`: of the page before, null for the first. */
	events(id: string, before: string | null): Promise<EventPage>;
	costs(): Promise<Costs>;
	setBudget(budget: SetBudget): Promise<void>;
	/** A ticket for a watch. */
	watch(): Promise<Ticket>;
	/** `terminal`: the view that it is for; `opened`: somebody opened it on purpose, and it didn't only come back. */
	ticket(id: string, terminal: TerminalId, opened: boolean): Promise<Ticket>;
}

const checked = <S extends z.ZodMiniType>(schema: S, answer: unknown): z.infer<S> => {
	const parsed = schema.safeParse(answer);
	if (parsed.success) return parsed.data;
	throw new ShellPodError('internal', 'The answer is not what this page knows. Reloading it may help.', { cause: parsed.error });
};

const isSignedOut = (error: unknown): boolean => error instanceof ShellPodError && error.code === 'unauthenticated';

/** Every request of a user whom the operator has switched off is answered so, and no other of this page's. */
const isForbidden = (error: unknown): error is ShellPodError => error instanceof ShellPodError && error.code === 'forbidden';

/** `onSignedOut`: nobody is signed in here any more; `why` for people, where there is more to say. */
export const createApi = ({ fetch, tokens, onSignedOut }: { fetch: Fetch; tokens: Tokens; onSignedOut: (why?: string) => void }): Api => {
	const askOnce = async (method: string, path: string, body: unknown): Promise<unknown> => {
		const { accessToken } = await tokens.get();
		const headers: Record<string, string> = { authorization: `Bearer ${accessToken}` };
		if (body !== undefined) headers['content-type'] = 'application/json';
		try {
			return await fetchJson(fetch, path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
		} catch (error) {
			if (isSignedOut(error)) tokens.refused(accessToken);
			throw error;
		}
	};
	/** Whoever is given a new token is signed in: when that is refused too, the gateway can't check tokens (its keys don't come in time). */
	const askAgain = async (method: string, path: string, body: unknown): Promise<unknown> => {
		await tokens.get();
		return askOnce(method, path, body).catch((cause: unknown) => {
			if (!isSignedOut(cause)) throw cause;
			throw new ShellPodError('unavailable', 'Your sign-in can’t be checked at the moment. This page tries again.', { cause });
		});
	};
	const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		try {
			return await askOnce(method, path, body).catch((error: unknown) => {
				// The token may have ended early (signed out elsewhere): a new one decides.
				if (isSignedOut(error)) return askAgain(method, path, body);
				throw error;
			});
		} catch (error) {
			if (isSignedOut(error)) onSignedOut();
			if (isForbidden(error)) onSignedOut(error.message);
			throw error;
		}
	};
	const act = (name: 'start' | 'stop' | 'restart') => async (id: string) => {
		await ask('POST', `/api/sessions/${id}/${name}`);
	};

	return {
		sessions: async () => checked(SessionList, await ask('GET', '/api/sessions')),
		session: async (id) => checked(Session, await ask('GET', `/api/sessions/${id}`)),
		create: async (name) => checked(Session, await ask('POST', '/api/sessions', { name })),
		rename: async (id, name) => {
			await ask('PATCH', `/api/sessions/${id}`, { name });
		},
		remove: async (id) => {
			await ask('DELETE', `/api/sessions/${id}`);
		},
		restore: async (id, name) => {
			await ask('POST', `/api/sessions/${id}/restore`, { name } satisfies RestoreSession);
		},
		removeForGood: async (id, name) => {
			await ask('POST', `/api/sessions/${id}/delete-for-good`, { name } satisfies DeleteForGood);
		},
		start: act('start'),
		stop: act('stop'),
		restart: act('restart'),
		update: async (id, when) => {
			const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
			await ask('POST', `/api/sessions/${id}/update`, { when, timeZone } satisfies ChooseUpdate);
		},
		keep: async (id, minutes) => {
			await ask('POST', `/api/sessions/${id}/keep`, { minutes } satisfies KeepSession);
		},
		chooseIdle: async (id, choice) => {
			await ask('PATCH', `/api/sessions/${id}/idle`, choice);
		},
		events: async (id, before) =>
			checked(EventPage, await ask('GET', `/api/sessions/${id}/events${before === null ? '' : `?before=${encodeURIComponent(before)}`}`)),
		costs: async () => checked(Costs, await ask('GET', '/api/costs')),
		setBudget: async (budget) => {
			await ask('PUT', '/api/budget', budget);
		},
		watch: async () => checked(Ticket, await ask('POST', '/api/watch')),
		ticket: async (id, terminal, opened) =>
			checked(Ticket, await ask('POST', `/api/sessions/${id}/tickets`, { terminal, ...(opened && { opened }) } satisfies TicketRequest)),
	};
};
