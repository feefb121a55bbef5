/** Authorizer of the contract's WebSocket APIs: does as the query says. */
import { record } from './record.ts';

interface AuthorizerEvent {
	methodArn: string;
	headers?: Record<string, string>;
	queryStringParameters?: Record<string, string>;
}

/** characters: an answer may have 8 KB */
const tooMuch = 9_000;

export const authorizer = async ({ methodArn, headers = {}, queryStringParameters = {} }: AuthorizerEvent): Promise<object> => {
	const { mark = '', authorizer: wanted } = queryStringParameters;
	await record(mark, 'authorizer', { methodArn, headers });
	if (wanted === 'unauthorized') throw new Error('Unauthorized');
	if (wanted === 'crash') throw new Error('something else');
	const Resource = wanted === 'elsewhere' ? methodArn.replace(/\$connect$/, 'elsewhere') : methodArn;
	const Effect = wanted === 'deny' ? 'Deny' : 'Allow';
	return {
		principalId: 'contract',
		policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
		context: { mark, number: 7, yes: true, ...(wanted === 'big' && { big: 'x'.repeat(tooMuch) }) },
	};
};
