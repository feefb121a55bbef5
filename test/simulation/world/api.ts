/** The HTTP API as somebody who is signed in uses it. */
import type { IdleChoice } from '@shellpod/functions/core/idle.ts';
import type { Budget } from '@shellpod/protocol/costs.ts';
import { type ErrorCode, errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, SessionList, Ticket } from '@shellpod/protocol/http.ts';
import type { Http } from './http.ts';

export interface ApiRequest {
	user: string;
	/** of the sign-in, s since 1970 */
	signIn: number;
	operation:
		| ('list' | 'get' | 'create' | 'start' | 'stop' | 'restart' | 'trash' | 'restore' | 'remove')
		| ('ticket' | 'watch' | 'keep' | 'choose' | 'budget');
	id?: string;
	name?: string;
	/** for a ticket: the view that the page comes for, and whether somebody opened it on purpose */
	terminal?: string;
	opened?: boolean;
	/** that it is kept */
	ms?: number;
	choice?: Partial<IdleChoice>;
	budget?: Budget | null;
}

/** Each throws ShellPodError. */
export interface Api {
	list(): Promise<SessionList>;
	get(id: string): Promise<Session>;
	create(name: string): Promise<Session>;
	move(operation: 'start' | 'stop' | 'restart', id: string): Promise<Session>;
	/** After how long without activity it is to be stopped, and what counts. */
	choose(id: string, choice: Partial<IdleChoice>): Promise<void>;
	keep(id: string, ms: number): Promise<void>;
	/** of the user's month */
	budget(budget: Budget | null): Promise<void>;
	/** into the trash */
	trash(id: string): Promise<void>;
	restore(id: string, name?: string): Promise<Session>;
	/** for good */
	remove(id: string, name: string): Promise<void>;
	/** `opened`: somebody opened the terminal on purpose */
	ticket(id: string, terminal: string, opened: boolean): Promise<Ticket>;
	/** for a WebSocket that tells what becomes of the user's sessions */
	watch(): Promise<Ticket>;
}

export interface ApiOptions {
	http: Http;
	user: string;
	signIn: number;
	/** A request had this answer. */
	answered(request: ApiRequest, body: unknown): void;
}

const codeOf = (body: unknown): ErrorCode => {
	const code = (body as { code?: string } | null | undefined)?.code;
	return code !== undefined && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'unavailable';
};

export const createApi = ({ http, user, signIn, answered }: ApiOptions): Api => {
	const ask = async (request: Omit<ApiRequest, 'user' | 'signIn'>): Promise<unknown> => {
		const whole = { user, signIn, ...request };
		const answer = await http('api', whole);
		if (!answer) throw new ShellPodError('unavailable', 'no answer');
		if (answer.status === 200) {
			answered(whole, answer.body);
			return answer.body;
		}
		throw new ShellPodError(codeOf(answer.body), `${request.operation}: ${answer.status}`);
	};
	return {
		list: async () => (await ask({ operation: 'list' })) as SessionList,
		get: async (id) => (await ask({ operation: 'get', id })) as Session,
		create: async (name) => (await ask({ operation: 'create', name })) as Session,
		move: async (operation, id) => (await ask({ operation, id })) as Session,
		choose: async (id, choice) => void (await ask({ operation: 'choose', id, choice })),
		keep: async (id, ms) => void (await ask({ operation: 'keep', id, ms })),
		budget: async (budget) => void (await ask({ operation: 'budget', budget })),
		trash: async (id) => void (await ask({ operation: 'trash', id })),
		restore: async (id, name) => (await ask({ operation: 'restore', id, ...(name !== undefined && { name }) })) as Session,
		remove: async (id, name) => void (await ask({ operation: 'remove', id, name })),
		watch: async () => (await ask({ operation: 'watch' })) as Ticket,
		ticket: async (id, terminal, opened) => (await ask({ operation: 'ticket', id, terminal, ...(opened && { opened }) })) as Ticket,
	};
};
