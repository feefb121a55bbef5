import { createLog, withoutInput } from '@shellpod/functions/adapters/log.ts';
import { entry } from '@shellpod/functions/entry.ts';
import { describe, expect, it } from 'vitest';
import { createLogLines } from '../../support/scripted-tasks.ts';

const canary = 'CANARY_9f8e7d6c5b4a39281706';
const messageOf = (work: () => unknown): string => {
	try {
		work();
	} catch (error) {
		return (error as Error).message;
	}
	return expect.fail('it threw nothing');
};

const refuse = (message: string): never => {
	throw new Error(message);
};

describe("an error's words", () => {
	it.each([
		['what is no JSON', () => JSON.parse(canary)],
		['JSON that was cut', () => JSON.parse(`{"access_token":"${canary}`)],
		['JSON that breaks off', () => JSON.parse(`{"a":"b",${canary}`)],
		['a header', () => new Headers({ a: `${canary}\n${canary}` })],
		['an address', () => decodeURIComponent(`%${canary}`)],
		['a bare word', () => refuse(`no user ${canary}; Bearer eyJhbGciOiJSUzI1NiJ9.${btoa(canary)}.x`)],
		['a file name and a query', () => refuse(`open '/home/dev/${canary}' failed: https://a.example/callback?code=${canary}&state=x`)],
	])('name nothing that it was given: %s', (_, work) => expect(withoutInput(messageOf(work))).not.toMatch(/CANARY|9f8e7d/));

	it.each([
		'User: arn:aws:sts::000000000000:assumed-role/shellpod-App-ApiRole1234567890AB-x1y2z3/api is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/homes/sp-home-100000',
		"The role 'arn:aws:iam::000000000000:role/homes/sp-home-100000' could not be assumed",
		'The conditional request failed',
		"It doesn't answer, and isn't there",
		'request 0f0c1b6e-93a4-4e0c-8e43-0d9f6a1f2b3c to dynamodb.us-east-1.amazonaws.com timed out after 3000 ms',
	])('keep what an operator needs: %s', (message) => expect(withoutInput(message)).toBe(message));
});

describe('the log', () => {
	it('says of an error what it is, where it happened, and of its cause the same; nothing else of it', () => {
		const lines: string[] = [];
		const cause = Object.assign(new TypeError(`${canary} is odd`), { rawJwt: canary });
		createLog((line) => lines.push(line), { function: 'api' }).error('failed', new Error('broken', { cause }), { requestId: 'r' });
		createLog((line) => lines.push(line)).error('failed', canary);
		expect(JSON.parse(lines[0] ?? '')).toMatchObject({
			level: 'error',
			event: 'failed',
			function: 'api',
			requestId: 'r',
			error: {
				name: 'Error',
				message: 'broken',
				stack: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
				cause: { name: 'TypeError' },
			},
		});
		expect(lines.join()).not.toContain(canary);
	});
});

describe('an entry', () => {
	it('tells of what its handler throws, and throws on that it failed', async () => {
		const log = createLogLines();
		const broken = entry(log, async (event: { body: string }) => JSON.parse(event.body) as unknown);
		const thrown = await broken({ body: canary }).catch((error: unknown) => error);
		expect(thrown).toMatchObject({ name: 'EventFailed', stack: '' });
		expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain(canary);
		expect(JSON.stringify(log)).toContain('event_failed');
		expect(await broken({ body: '{"a":1}' })).toEqual({ a: 1 });
	});
});
