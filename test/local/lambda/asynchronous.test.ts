import { expect, it } from 'vitest';
import { noFaults } from '../../../local/faults/faults.ts';
import { createAsynchronous, type InvocationRecord } from '../../../local/lambda/asynchronous.ts';

it('[aws-B4i] what is left of an event goes to the destination for failures, with how it failed', async () => {
	const records: [string, InvocationRecord][] = [];
	const lines: string[] = [];
	const asynchronous = createAsynchronous({
		invoke: async () => ({ kind: 'failure', error: { errorType: 'RangeError', errorMessage: 'too far' } }),
		retryOf: () => ({ attempts: 0, maxAgeMs: 60_000 }),
		faults: noFaults,
		now: () => Date.UTC(2026, 10, 22),
		log: (line) => void lines.push(line),
		gaveUp: (arn, record) => void records.push([arn, record]),
	});
	await asynchronous.send('arn:f', '{"a":1}');
	await Promise.resolve();
	asynchronous.stop();
	expect(records).toEqual([
		[
			'arn:f',
			{
				version: '1.0',
				timestamp: '2026-11-22T00:00:00.000Z',
				requestContext: { requestId: expect.any(String), functionArn: 'arn:f:$LATEST', condition: 'RetriesExhausted', approximateInvokeCount: 1 },
				requestPayload: { a: 1 },
				responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
				responsePayload: { errorType: 'RangeError', errorMessage: 'too far' },
			},
		],
	]);
	expect(lines).toEqual(['an event for arn:f is given up: RetriesExhausted after 1 attempts']);
});
