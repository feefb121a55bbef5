import { expect, it } from 'vitest';
import { createLambdaApi, needsOfLambda } from '../../../local/lambda/api.ts';
import type { Outcome } from '../../../local/lambda/machine.ts';
import type { AwsRequest } from '../../../local/stand-in.ts';

const base = 'arn:aws:lambda:us-east-1:000000000000:function:';
const sweep = {
	FunctionName: 'sweep',
	FunctionArn: `${base}sweep`,
	Description: 'ShellPod sweep',
	Role: 'arn:aws:iam::000000000000:role/sweep',
	Handler: 'index.handler',
	Runtime: 'nodejs24.x',
	Timeout: 55,
	MemorySize: 512,
	Environment: { Variables: { COLOUR: 'green' } },
};
const python = { ...sweep, FunctionName: 'python', FunctionArn: `${base}python` };

const asked = (method: string, path: string, more: Partial<AwsRequest> = {}): AwsRequest => ({
	method,
	path,
	query: new URLSearchParams(),
	headers: {},
	body: Buffer.alloc(0),
	principal: { roleArn: 'arn:aws:iam::000000000000:user/operator', sessionName: 'operator' },
	...more,
});
const apiThatAnswers = (outcome: Outcome) => {
	const events: string[] = [];
	const sent: string[] = [];
	const handler = createLambdaApi({
		base,
		list: () => [sweep, python],
		invoke: async (arn, payload) => {
			if (arn !== sweep.FunctionArn) throw new Error('python is not run here');
			events.push(payload);
			return outcome;
		},
		send: async (_, payload) => void sent.push(payload),
	});
	return { events, sent, call: async (...request: Parameters<typeof asked>) => handler(asked(...request)) };
};
const path = '/2015-03-31/functions/sweep/invocations';

it('lists functions and runs one, by name or ARN', async () => {
	const { call, events } = apiThatAnswers({ kind: 'success', payload: '{"looked":1}' });
	const listed = await call('GET', '/2015-03-31/functions/');
	expect(JSON.parse(String(listed.body))).toEqual({ Functions: [sweep, python] });
	expect(await call('POST', path, { body: Buffer.from('{"a":1}') })).toMatchObject({ status: 200, body: '{"looked":1}' });
	expect(await call('POST', path.replace('sweep', encodeURIComponent(sweep.FunctionArn)))).toMatchObject({ status: 200 });
	expect(events).toEqual(['{"a":1}', '{}']);
});

it('takes an event and answers at once; what it keeps is at most 1 MB, what it runs at once 6 MB [aws-B2d]', async () => {
	const { call, events, sent } = apiThatAnswers({ kind: 'success', payload: '1' });
	const asynchronous = { 'x-amz-invocation-type': 'Event' };
	expect(await call('POST', path, { headers: asynchronous, body: Buffer.from('{"a":1}') })).toEqual({ status: 202 });
	expect([events, sent]).toEqual([[], ['{"a":1}']]);
	const tooLarge = { status: 413, headers: { 'x-amzn-errortype': 'RequestTooLargeException' } };
	expect(await call('POST', path, { headers: asynchronous, body: Buffer.alloc(1024 * 1024 + 1, ' ') })).toMatchObject(tooLarge);
	expect(await call('POST', path, { body: Buffer.alloc(6 * 1024 * 1024 + 1, ' ') })).toMatchObject(tooLarge);
});

it('[aws-B2h] says what went wrong as Lambda does', async () => {
	const failing = apiThatAnswers({ kind: 'failure', error: { errorType: 'TypeError', errorMessage: 'no' } });
	expect(await failing.call('POST', path)).toMatchObject({
		status: 200,
		headers: { 'x-amz-function-error': 'Unhandled' },
		body: JSON.stringify({ errorType: 'TypeError', errorMessage: 'no' }),
	});
	const code = (name: string, status: number) => ({ status, headers: { 'x-amzn-errortype': name } });
	expect(await apiThatAnswers({ kind: 'throttled' }).call('POST', path)).toMatchObject(code('TooManyRequestsException', 429));
	expect(await failing.call('POST', path.replace('sweep', 'nobody'))).toMatchObject(code('ResourceNotFoundException', 404));
	expect(await failing.call('POST', path.replace('sweep', 'python'))).toMatchObject(code('UnsupportedOperation', 400));
	expect(await failing.call('POST', path, { headers: { 'x-amz-invocation-type': 'DryRun' } })).toMatchObject(code('UnsupportedOperation', 400));
	expect(await failing.call('DELETE', '/2015-03-31/functions/sweep')).toMatchObject(code('UnsupportedOperation', 400));
});

it('is judged by the function that is run', () => {
	const needs = needsOfLambda(base);
	expect(needs(asked('POST', path))).toEqual([{ action: 'lambda:InvokeFunction', resources: [`${base}sweep`] }]);
	expect(needs(asked('GET', '/2015-03-31/functions'))).toEqual([{ action: 'lambda:ListFunctions', resources: ['*'] }]);
	expect(needs(asked('DELETE', '/2015-03-31/functions/sweep'))).toBeUndefined();
});
