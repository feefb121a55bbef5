/** What a REQUEST authorizer's answer means for an upgrade. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
import { matchesArn } from '../arn.ts';
import type { Outcome } from '../lambda/machine.ts';

/** bytes of an authorizer's answer */
const maxAnswerBytes = 8 * 1024;

export type AuthorizerVerdict =
	| { kind: 'allowed'; context: Record<string, string> }
	/** status and text that the client sees */
	| { kind: 'refused'; status: 401 | 403 | 500; message: string };

const error: AuthorizerVerdict = { kind: 'refused', status: 500, message: 'Internal server error' };

const list = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String));

interface Statement {
	Effect?: unknown;
	Action?: unknown;
	Resource?: unknown;
}

const covers = (statement: Statement, methodArn: string): boolean =>
	list(statement.Action).some((action) => matchesArn(action.toLowerCase(), 'execute-api:invoke')) &&
	list(statement.Resource).some((resource) => matchesArn(resource, methodArn));

export const judgeAuthorizer = (outcome: Outcome, methodArn: string): AuthorizerVerdict => {
	if (outcome.kind === 'failure' && outcome.error.errorMessage === 'Unauthorized') return { kind: 'refused', status: 401, message: 'Unauthorized' };
	if (outcome.kind !== 'success' || Buffer.byteLength(outcome.payload) > maxAnswerBytes) return error;
	const answer = JSON.parse(outcome.payload) as { principalId?: unknown; policyDocument?: { Statement?: unknown }; context?: unknown } | null;
	const statements = answer?.policyDocument?.Statement;
	if (!answer || typeof answer.principalId !== 'string' || statements === undefined) return error;
	const about = ([statements].flat() as Statement[]).filter((statement) => covers(statement, methodArn));
	const allowed = about.some((statement) => statement.Effect === 'Allow') && !about.some((statement) => statement.Effect === 'Deny');
	if (!allowed) return { kind: 'refused', status: 403, message: 'User is not authorized to access this resource' };
	const context: Record<string, string> = { principalId: answer.principalId };
	for (const [name, value] of Object.entries(answer.context ?? {})) {
		// documented: only text, numbers and booleans; they arrive as text
		if (!['string', 'number', 'boolean'].includes(typeof value)) return error;
		context[name] = String(value);
	}
	return { kind: 'allowed', context };
};
