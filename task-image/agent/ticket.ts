import { AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import { createSignedPost, type SignedPostDeps } from './signed-post.ts';

export type TicketAnswer =
	| { kind: 'ticket'; ticket: AgentTicket }
	/** this task is not its session's task any more */
	| { kind: 'unwanted'; reason: string }
	/** `retryAfterMs`: asking sooner is in vain */
	| { kind: 'failed'; reason: string; retryAfterMs?: number };

const parse = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Asks for the right to open one connection, by a request signed with the task's role. Never throws. */
export const createTickets = (deps: SignedPostDeps): (() => Promise<TicketAnswer>) => {
	const post = createSignedPost(deps);
	return async () => {
		try {
			const { status, body, retryAfter } = await post('/agent/tickets', '{}');
			if (status === 200 || status === 201) return { kind: 'ticket', ticket: AgentTicket.parse(parse(body)) };
			// API Gateway refuses with 403 too, e.g. while a new role isn't known everywhere yet: only our own word is final.
			const problem = Problem.safeParse(parse(body));
			if (problem.success && problem.data.code === 'forbidden') return { kind: 'unwanted', reason: problem.data.detail };
			const reason = `no ticket: status ${status}${problem.success ? ` ${problem.data.code}` : ''}`;
			return { kind: 'failed', reason, ...(retryAfter !== undefined && { retryAfterMs: retryAfter * 1_000 }) };
		} catch (error) {
			return { kind: 'failed', reason: `no ticket: ${error instanceof Error ? error.message : String(error)}` };
		}
	};
};
