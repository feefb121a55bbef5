/**
 * `POST /agent/report`: a task that signed with its Home's role says how it failed. API Gateway has checked the signature. A function of its own
 * beside `agent-tickets`: what reads a tenant's text can write nothing but the report, and ask ECS for nothing.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { AgentReport, type Problem } from '@shellpod/protocol/http.ts';
import { agentApi, reports as limits } from '@shellpod/protocol/limits.ts';
import { createReportStore } from './adapters/reports.ts';
import { createSessions } from './adapters/sessions.ts';
import { createSlots } from './adapters/slots.ts';
import { readConfig } from './config.ts';
import { createRates } from './core/rates.ts';
import { createReports } from './core/reports.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { problemOf, retryHeaders } from './routes/problems.ts';

/** What is read of an event of the HTTP API, payload format 2.0, behind an IAM authorizer. */
interface IamEvent {
	requestContext: { requestId: string; authorizer?: { iam?: { userArn?: string } } };
	body?: string;
	isBase64Encoded?: boolean;
}

const config = readConfig(process.env, ['table', 'deployment']);
const log = logOf('agent-report');
const items = itemsOf(process.env, config.table);
const rates = createRates(now, agentApi);
const take = createReports({
	deployment: config.deployment,
	slots: createSlots(items),
	sessions: createSessions(items),
	reports: createReportStore(items),
	now,
	log,
});

const reportOf = ({ body = '', isBase64Encoded }: IamEvent): AgentReport => {
	const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
	if (bytes.length > limits.maxBytes) throw new ShellPodError('too_large', `A report may have ${limits.maxBytes} bytes.`);
	try {
		return AgentReport.parse(JSON.parse(bytes.toString('utf8')));
	} catch {
		// without its words: they are the tenant's
		throw new ShellPodError('invalid_request', 'The body is not a report.');
	}
};

const headers = { 'cache-control': 'no-store' };

export const handler = async (event: IamEvent) => {
	const { requestId, authorizer } = event.requestContext;
	try {
		const userArn = authorizer?.iam?.userArn ?? '';
		rates(userArn);
		await take(userArn, reportOf(event));
		return { statusCode: 204, headers };
	} catch (error) {
		if (!(error instanceof ShellPodError)) log.error('request_failed', error, { requestId });
		const problem: Problem = problemOf(error, requestId);
		return {
			statusCode: problem.status,
			headers: { ...headers, ...retryHeaders(error), 'content-type': 'application/problem+json' },
			body: JSON.stringify(problem),
		};
	}
};
