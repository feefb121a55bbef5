/** `POST /agent/tickets`: a task that signed with its Home's role gets a ticket. API Gateway has checked the signature. */
import { randomBytes } from 'node:crypto';
import { ECSClient } from '@aws-sdk/client-ecs';
import { type ErrorCode, errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import { createLog } from './adapters/log.ts';
import { createSessions } from './adapters/sessions.ts';
import { createSlots } from './adapters/slots.ts';
import { createTable } from './adapters/table.ts';
import { createTasks } from './adapters/tasks.ts';
import { createTicketStore } from './adapters/tickets.ts';
import { readConfig } from './config.ts';
import { createAdmissions } from './core/admission.ts';
import { causeOfText } from './core/task-view.ts';
import { createTickets } from './core/tickets.ts';

/** What is read of an event of the HTTP API, payload format 2.0, behind an IAM authorizer. */
interface IamEvent {
	requestContext: { requestId: string; authorizer?: { iam?: { userArn?: string } } };
}

const config = readConfig(process.env, ['table', 'connections', 'cluster', 'deployment']);
const log = createLog(console.log, { function: 'agent-tickets' });
const table = createTable(config.table);
const admit = createAdmissions({
	deployment: config.deployment,
	endpoint: config.connections,
	slots: createSlots(table),
	sessions: createSessions(table),
	tasks: createTasks({ client: new ECSClient({}), cluster: config.cluster, deployment: config.deployment, causeOfText }),
	tickets: createTickets({ store: createTicketStore(table), now: () => new Date(), random: randomBytes }),
});

const answer = (statusCode: number, type: string, body: AgentTicket | Problem) => ({
	statusCode,
	headers: { 'content-type': type, 'cache-control': 'no-store' },
	body: JSON.stringify(body),
});

const problem = (code: ErrorCode, detail: string, requestId: string) => {
	const { status, title } = errorCodes[code];
	return answer(status, 'application/problem+json', { type: 'about:blank', title, status, detail, code, requestId });
};

export const handler = async ({ requestContext: { requestId, authorizer } }: IamEvent) => {
	try {
		const ticket = await admit(authorizer?.iam?.userArn ?? '');
		return ticket ? answer(200, 'application/json', ticket) : problem('forbidden', 'This task is not the agent of a session that runs.', requestId);
	} catch (error) {
		if (error instanceof ShellPodError) return problem(error.code, error.message, requestId);
		log.error('request failed', error, { requestId });
		return problem('internal', 'The request failed; it may be sent again.', requestId);
	}
};
