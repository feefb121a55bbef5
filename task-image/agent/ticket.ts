import { AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import { AwsV4Signer } from 'aws4fetch';
import type { Credentials } from './credentials.ts';
import type { Ask } from './http.ts';

export type TicketAnswer =
	| { kind: 'ticket'; ticket: AgentTicket }
	/** this task is not its session's task any more */
	| { kind: 'unwanted'; reason: string }
	| { kind: 'failed'; reason: string };

const parse = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

/** Asks for the right to open one connection, by a request signed with the task's role. Never throws. */
export const createTickets =
	(deps: { api: string; region: string; credentials: () => Promise<Credentials>; ask: Ask }) => async (): Promise<TicketAnswer> => {
		try {
			const signer = new AwsV4Signer({
				method: 'POST',
				url: `${deps.api}/agent/tickets`,
				service: 'execute-api',
				region: deps.region,
				headers: { 'content-type': 'application/json' },
				body: '{}',
				...(await deps.credentials()),
			});
			const signed = await signer.sign();
			const headers: Record<string, string> = {};
			signed.headers.forEach((value, name) => {
				headers[name] = value;
			});
			const { status, body } = await deps.ask({ method: 'POST', url: signed.url.href, headers, body: '{}' });
			if (status === 200 || status === 201) return { kind: 'ticket', ticket: AgentTicket.parse(parse(body)) };
			// API Gateway refuses with 403 too, e.g. while a new role isn't known everywhere yet: only our own word is final.
			const problem = Problem.safeParse(parse(body));
			if (problem.success && problem.data.code === 'forbidden') return { kind: 'unwanted', reason: problem.data.detail };
			return { kind: 'failed', reason: `no ticket: status ${status}${problem.success ? ` ${problem.data.code}` : ''}` };
		} catch (error) {
			return { kind: 'failed', reason: `no ticket: ${error instanceof Error ? error.message : String(error)}` };
		}
	};
