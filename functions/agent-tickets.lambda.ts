/** `POST /agent/tickets`: a task that signed with its Home's role gets a ticket. API Gateway has checked the signature. */
import { randomBytes } from 'node:crypto';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import { agentApi } from '@shellpod/protocol/limits.ts';
import { createCuts } from './adapters/meters.ts';
import { createSlotReader } from './adapters/slots.ts';
import { createTicketStore } from './adapters/tickets.ts';
import { readConfig } from './config.ts';
import { createAdmissions } from './core/admission.ts';
import { createRates } from './core/rates.ts';
import { createTickets } from './core/tickets.ts';
import { gatewayOf, itemsOf, logOf, now, visitsOf } from './deps.ts';
import { sessionsOf, tasksOf } from './late-deps.ts';
import { problemOf, retryHeaders } from './routes/problems.ts';

/** What is read of an event of the HTTP API, payload format 2.0, behind an IAM authorizer. */
interface IamEvent {
	requestContext: { requestId: string; authorizer?: { iam?: { userArn?: string } } };
}

const config = readConfig(process.env, ['table', 'connections', 'cluster', 'deployment', 'agentSeconds']);
const log = logOf('agent-tickets');
const items = itemsOf(process.env, config.table);
const rates = createRates(now, agentApi);
const admit = createAdmissions({
	deployment: config.deployment,
	endpoint: config.connections,
	slots: createSlotReader(items),
	sessions: sessionsOf(items, gatewayOf(process.env, config.connections), log),
	tasks: tasksOf(config),
	cuts: createCuts(items),
	agentMs: config.agentSeconds * 1_000,
	noteVisit: visitsOf(items, log),
	now,
	tickets: createTickets({ store: createTicketStore(items), now, random: randomBytes }),
});

/** A ticket is nobody's to keep. */
const answer = (statusCode: number, type: string, body: AgentTicket | Problem, headers: Readonly<Record<string, string>> = {}) => ({
	statusCode,
	headers: { 'content-type': type, 'cache-control': 'no-store', ...headers },
	body: JSON.stringify(body),
});

export const handler = async ({ requestContext: { requestId, authorizer } }: IamEvent) => {
	try {
		const userArn = authorizer?.iam?.userArn ?? '';
		rates(userArn);
		const ticket = await admit(userArn);
		if (!ticket) throw new ShellPodError('forbidden', 'This task is not the agent of a session that runs.');
		return answer(200, 'application/json', ticket);
	} catch (error) {
		if (!(error instanceof ShellPodError)) log.error('request_failed', error, { requestId });
		const problem = problemOf(error, requestId);
		return answer(problem.status, 'application/problem+json', problem, retryHeaders(error));
	}
};
