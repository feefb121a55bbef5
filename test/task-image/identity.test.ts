import { AgentReport } from '@shellpod/protocol/http.ts';
import { reports as limits } from '@shellpod/protocol/limits.ts';
import { readConfig } from '@shellpod/task-image/agent/config.ts';
import { createCredentials } from '@shellpod/task-image/agent/credentials.ts';
import type { Answer, Question } from '@shellpod/task-image/agent/http.ts';
import { createReport } from '@shellpod/task-image/agent/report.ts';
import { createSignedPost } from '@shellpod/task-image/agent/signed-post.ts';
import { createTickets } from '@shellpod/task-image/agent/ticket.ts';
import { describe, expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';
import { goodTicket } from './support/cloud.ts';

const environment = {
	SHELLPOD_API: 'https://api.example.com/',
	SHELLPOD_RUN: '/run/shellpod',
	SHELLPOD_PATH: '/usr/bin',
	AWS_REGION: 'eu-west-1',
	AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/abc',
	ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/abc',
	HOME: '/home/dev',
	USER: 'dev',
	PATH: '/opt/bin:/usr/bin',
};

describe('configuration', () => {
	test('comes from the environment, and the session gets nothing of the agent', () => {
		const config = readConfig(environment);
		expect(config).toMatchObject({ api: 'https://api.example.com', region: 'eu-west-1' });
		expect(config.credentials.uri).toBe('http://169.254.170.2/v2/credentials/abc');
		expect(Object.keys(config.sessionEnvironment).filter((name) => /^(AWS|ECS|SHELLPOD)_/.test(name))).toEqual([]);
		expect(config.sessionEnvironment).toMatchObject({ HOME: '/home/dev', PATH: '/usr/bin', TERM: 'xterm-256color' });
	});

	test('says in one line what is missing', () => {
		const { SHELLPOD_API: _, AWS_REGION: __, ...rest } = environment;
		expect(() => readConfig(rest)).toThrow('missing or wrong in the environment: SHELLPOD_API, AWS_REGION');
		expect(() => readConfig({ ...environment, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined })).toThrow('AWS_CONTAINER_CREDENTIALS_FULL_URI');
	});
});

const credentialsAnswer = (key: string, end: number): string =>
	JSON.stringify({ AccessKeyId: key, SecretAccessKey: 'secret', Token: 'token', Expiration: new Date(end).toISOString(), RoleArn: 'arn' });

describe("the task's credentials", () => {
	test('are kept, and fetched anew 5 min before their end', async () => {
		const clock = manualClock();
		let asked = 0;
		const credentials = createCredentials({
			clock,
			ask: async () => ({ status: 200, body: credentialsAnswer(`KEY${++asked}`, clock.wall() + 3_600_000) }),
			readFile: async () => '',
			source: { uri: 'http://169.254.170.2/v2', token: undefined, tokenFile: undefined },
		});
		expect((await credentials()).accessKeyId).toBe('KEY1');
		await clock.advance(54 * 60_000);
		expect((await credentials()).accessKeyId).toBe('KEY1');
		await clock.advance(61_000);
		expect(await credentials()).toEqual({ accessKeyId: 'KEY2', secretAccessKey: 'secret', sessionToken: 'token' });
	});

	test('are asked for with the token, out of its file where there is one', async () => {
		const asked: Question[] = [];
		const make = (source: { token: string | undefined; tokenFile: string | undefined }) =>
			createCredentials({
				clock: manualClock(),
				ask: async (question) => {
					asked.push(question);
					return { status: 403, body: '' };
				},
				readFile: async (path) => `from ${path}\n`,
				source: { uri: 'http://127.0.0.1:1/c', ...source },
			});
		await expect(make({ token: 'plain', tokenFile: undefined })()).rejects.toThrow('status 403');
		await expect(make({ token: 'plain', tokenFile: '/token' })()).rejects.toThrow();
		expect(asked.map(({ headers }) => headers)).toEqual([{ authorization: 'plain' }, { authorization: 'from /token' }]);
	});
});

describe('a ticket', () => {
	const tickets = (answer: Answer | Error, asked: Question[] = []) =>
		createTickets({
			api: 'https://abc.execute-api.eu-west-1.amazonaws.com',
			region: 'eu-west-1',
			credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' }),
			ask: async (question) => {
				asked.push(question);
				if (answer instanceof Error) throw answer;
				return answer;
			},
		})();

	test('is asked for by a signed request', async () => {
		const asked: Question[] = [];
		const ticket = goodTicket.kind === 'ticket' ? goodTicket.ticket : undefined;
		expect(await tickets({ status: 200, body: JSON.stringify(ticket) }, asked)).toEqual(goodTicket);
		expect(asked[0]).toMatchObject({ method: 'POST', url: 'https://abc.execute-api.eu-west-1.amazonaws.com/agent/tickets' });
		expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/execute-api\/aws4_request, /);
		expect(asked[0]?.headers['x-amz-security-token']).toBe('session');
	});

	const problem = (code: string, status: number): { status: number; body: string } => ({
		status,
		body: JSON.stringify({ type: 'about:blank', title: 'x', status, detail: 'why', code }),
	});

	test('is refused for good only by our own word', async () => {
		expect(await tickets(problem('forbidden', 403))).toEqual({ kind: 'unwanted', reason: 'why' });
		expect((await tickets({ status: 403, body: '{"message":"Forbidden"}' })).kind).toBe('failed');
		expect((await tickets(problem('unavailable', 503))).kind).toBe('failed');
		expect((await tickets({ status: 200, body: '{"url":"ws://x"}' })).kind).toBe('failed');
		expect(await tickets({ ...problem('flooding', 429), retryAfter: 280 })).toEqual({
			kind: 'failed',
			reason: 'no ticket: status 429 flooding',
			retryAfterMs: 280_000,
		});
		expect(await tickets(new Error('getaddrinfo ENOTFOUND'))).toEqual({ kind: 'failed', reason: 'no ticket: getaddrinfo ENOTFOUND' });
	});
});

describe('a report', () => {
	const reporting = (answer: () => Promise<{ status: number; body: string }>) => {
		const asked: Question[] = [];
		const lines: string[] = [];
		const clock = manualClock();
		const post = createSignedPost({
			api: 'https://abc.execute-api.eu-west-1.amazonaws.com',
			region: 'eu-west-1',
			credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' }),
			ask: (question) => {
				asked.push(question);
				return answer();
			},
		});
		return { asked, lines, clock, report: createReport({ clock, post, log: (line) => lines.push(line) }) };
	};
	const taken = async () => ({ status: 204, body: '' });

	test('is a signed request', async () => {
		const { asked, lines, report } = reporting(taken);
		await report('crash', 'RangeError: x');
		expect(asked[0]).toMatchObject({ method: 'POST', url: 'https://abc.execute-api.eu-west-1.amazonaws.com/agent/report' });
		expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\//);
		expect(asked[0]?.body).toBe('{"kind":"crash","text":"RangeError: x"}');
		expect(lines).toEqual([]);
	});

	test.each(['x'.repeat(100_000), '🚀'.repeat(50_000), '\u0000'.repeat(50_000), '\ud800'.repeat(9_000), '"\\'.repeat(30_000)])(
		'has the beginning of a text that is too long (%#)',
		async (text) => {
			const { asked, report } = reporting(taken);
			await report('crash', text);
			const body = asked[0]?.body ?? '';
			expect(Buffer.byteLength(body)).toBeLessThanOrEqual(limits.maxBytes);
			expect(AgentReport.parse(JSON.parse(body)).text.length).toBeGreaterThan(500);
		},
	);

	test('ends after 2 s, whoever does not answer', async () => {
		const { clock, lines, report } = reporting(() => new Promise(() => {}));
		const said = report('crash', 'x');
		await clock.advance(2_000);
		await said;
		expect(lines).toEqual(['not reported: no answer in time']);
	});

	test('that is refused or lost is a line, never an error', async () => {
		const refused = reporting(async () => ({ status: 429, body: '' }));
		await refused.report('boot', 'x');
		expect(refused.lines).toEqual(['not reported: status 429']);
		const lost = reporting(async () => Promise.reject(new Error('getaddrinfo ENOTFOUND')));
		await lost.report('boot', 'x');
		expect(lost.lines).toEqual(['not reported: getaddrinfo ENOTFOUND']);
	});
});
