/** Marked secrets go through a whole stack, on good and on failing ways, and are looked for in everything that it leaves behind. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSignedFetch } from '@shellpod/functions/signed-fetch.ts';
import { WebSocket } from 'ws';
import { canary, filesBelow, foundIn, foundInText } from '../support/canaries.ts';
import { openHeadlessPage } from '../support/headless-page.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { expect, newUser, test, underFaults } from './fixtures.ts';

/** Each stands in one place only, so that a find says where it came from. */
const keys = {
	keystroke: canary('keystroke'),
	output: canary('output'),
	fileName: canary('fileName'),
	contents: canary('contents'),
	clipboard: canary('clipboard'),
	path: canary('path'),
	header: canary('header'),
	query: canary('query'),
	body: canary('body'),
	cookie: canary('cookie'),
	password: canary('password'),
	error: canary('error'),
	frame: canary('frame'),
	forgedTicket: canary('forgedTicket'),
};

/** Asks again when it was refused: the control plane may fail once. */
const insist = async <T>(ask: () => Promise<T>): Promise<T> => {
	let answer: T | undefined;
	await expect(async () => {
		answer = await ask();
	}).toPass({ timeout: 60_000 });
	return answer as T;
};

/** What the user has of the control plane after signing in: cookies by name, and an access token. */
const signInSecrets = async (origin: string, user: HttpUser): Promise<Record<string, string>> => {
	const answer = await fetch(`${origin}/api/auth/token`, {
		method: 'POST',
		headers: { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin', origin, cookie: user.cookie() },
	});
	if (!answer.ok) throw new Error(`no access token: ${answer.status}`);
	const { accessToken } = (await answer.json()) as { accessToken: string };
	const cookies = [...user.cookie().split('; '), ...answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')]
		.map((pair) => pair.split('=') as [string, string])
		.filter(([, value]) => value && value.length >= 16);
	return { accessToken, ...Object.fromEntries(cookies.map(([name, value], at) => [`cookie ${name} ${at}`, value])) };
};

/** Requests that are refused, with a secret wherever one can stand: their answers, status first. */
const failingRequests = async (origin: string, user: HttpUser): Promise<string[]> => {
	const cookie = user.cookie();
	const ask = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<string> => {
		const answer = await fetch(`${origin}${path}`, { redirect: 'manual', ...init, headers: { cookie, ...init.headers } });
		return `${answer.status} ${await answer.text()}`;
	};
	const answers = [
		await ask(`/api/sessions/${keys.path}`),
		await ask(`/api/sessions/${keys.path}/start`, { method: 'POST' }),
		await ask(`/api/${keys.path}?a=${keys.query}`),
		await ask(`/${keys.path}/%ff?${keys.query}`),
		await ask('/api/me', { headers: { authorization: `Bearer ${keys.header}` } }),
		await ask('/api/me', { headers: { authorization: `Bearer ${keys.header}.${keys.header}.${keys.header}`, 'x-amzn-trace-id': keys.header } }),
		await ask(`/api/auth/callback?code=${keys.query}&state=${keys.query}`, {
			headers: { cookie: `${cookie}; __Secure-shellpod-sign-in=${keys.cookie}` },
		}),
		await ask('/api/auth/token', {
			method: 'POST',
			headers: {
				cookie: `${cookie.replace(/__Secure-shellpod-refresh=[^;]*/, '')}; __Secure-shellpod-refresh=${keys.cookie}`,
				'x-shellpod': '1',
				'sec-fetch-site': 'same-origin',
			},
		}),
		await ask(`/api/auth/login?return=/${keys.query}`),
		await ask('/agent/tickets', { method: 'POST', body: keys.body, headers: { authorization: `AWS4-HMAC-SHA256 Credential=${keys.header}` } }),
		await ask(`/_sign-in/${keys.path}?x=${keys.query}`, { method: 'POST', body: `username=x&password=${keys.password}` }),
		await ask('/_gate', { method: 'POST', body: new URLSearchParams({ key: keys.password, to: `/${keys.query}` }), headers: { origin } }),
	];
	for (const [method, path, body] of [
		['POST', '/api/sessions', { name: `${keys.body}/`, [keys.body]: keys.body }],
		['POST', '/api/sessions', keys.body],
		['PATCH', `/api/sessions/${'a'.repeat(12)}?${keys.query}`, { name: keys.body }],
	] as const)
		answers.push(await user.api(method, path, body).then(String, String));
	return answers;
};

/** Upgrades and messages that are refused, or that nobody understands. */
const failingSockets = async (origin: string, user: HttpUser, session: string): Promise<void> => {
	const url = `${origin.replace('http', 'ws')}/ws?${keys.query}`;
	const headers = { cookie: user.cookie(), origin, 'x-canary': keys.header };
	const closed = (protocols: string[], messages: string[] = []): Promise<void> =>
		new Promise((done) => {
			const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: false });
			socket.on('open', () => {
				for (const message of messages) socket.send(message);
				socket.close();
			});
			socket.on('error', () => done());
			socket.on('close', () => done());
		});
	await closed(['shellpod.v1', `ticket.${keys.forgedTicket}`]);
	const { protocols } = await insist(() => user.ticket(session));
	await closed(
		[...protocols],
		[
			keys.frame,
			`f${keys.frame} ${keys.frame}`,
			JSON.stringify({ action: 'hello', versions: [keys.frame] }),
			JSON.stringify({ action: 'hello', [keys.frame]: 1 }),
			`a.zzzzzzzz.aaaa.${keys.frame}=.${'A'.repeat(22)} ${keys.frame}`,
			`{"action":"hello","versions":[1],"x":"${keys.frame}"`,
			'x'.repeat(31_000) + keys.frame,
		],
	);
};

/** Every function gets events that it can't understand, some of which it can only crash on. What they answer, all in one text. */
const crashes = async (environment: Record<string, string>): Promise<string> => {
	const endpoint = `${environment.AWS_ENDPOINT_URL_LAMBDA ?? environment.AWS_ENDPOINT_URL}/2015-03-31/functions`;
	const signed = createSignedFetch(
		{
			region: environment.AWS_REGION ?? '',
			accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
			secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
			...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
		},
		'lambda',
		{ attemptMs: 20_000, totalMs: 20_000, retries: 0, pauseMs: 0 },
	);
	const list = await signed(endpoint, { method: 'GET' });
	const { Functions } = JSON.parse(list?.text ?? '{}') as { Functions: { FunctionName: string }[] };
	expect(Functions.length).toBeGreaterThan(8);
	const { error } = keys;
	const events = [
		error,
		{ requestContext: { connectionId: `${error} ${error}`, authorizer: { user: error } }, body: error, headers: { [error]: error } },
		{
			requestContext: {
				connectionId: 'conn=',
				authorizer: { user: `${error} ${error}`, session: error, generation: '1', role: 'viewer', sender: 'aaaaaaaa', signIn: '1' },
			},
			body: error,
		},
		{ requestContext: { http: { method: error }, requestId: 'r' }, headers: { a: `${error}\n${error}` }, rawPath: error, rawQueryString: error },
		{ requestContext: { requestId: 'r', authorizer: { iam: { userArn: error } } } },
		{ detail: { group: `family:${error}`, containers: error }, [error]: error },
		{ headers: { 'Sec-WebSocket-Protocol': `shellpod.v1, ticket.${error}` }, multiValueHeaders: { origin: error } },
	];
	const answers: string[] = [];
	for (const { FunctionName } of Functions)
		for (const event of events) {
			const answer = await signed(`${endpoint}/${FunctionName}/invocations`, { method: 'POST', body: JSON.stringify(event) });
			answers.push(`${FunctionName} ${answer?.status} ${answer?.text}`);
		}
	return answers.join('\n');
};

test('[security 11] nothing that is typed, shown, named or secret is in any log, event, record or answer', async ({ stack }) => {
	test.setTimeout(240_000);
	const user = await insist(() => signInByHttp(stack, newUser()));
	const secrets: Record<string, string> = { ...keys, gateKey: stack.key };
	const { id } = await insist(async () => {
		const { sessions } = (await user.api('GET', '/api/sessions')) as { sessions: { id: string }[] };
		return sessions[0] ?? user.createSession('canaries');
	});
	await insist(() => user.reaches(id, 'Running'));
	Object.assign(secrets, await insist(() => signInSecrets(stack.origin, user)));

	// A whole visit: keys, output, a file, the clipboard.
	const ticket = async (of: string) => {
		const given = await user.ticket(of);
		secrets.ticket ??= given.protocols[1]?.replace(/^ticket\./, '') ?? '';
		return given;
	};
	const viewer = openHeadlessPage(stack, { ...user, ticket }, id);
	const run = async (line: string, awaited: string): Promise<void> => {
		await viewer.type(`${line}\r`);
		await viewer.shows((lines) => lines.some((text) => text.endsWith(awaited)));
	};
	await run(`: ${keys.keystroke}; echo ${keys.output}; echo first-$((1+1))`, 'first-2');
	await run(`echo ${keys.contents} > ~/${keys.fileName}; ls -l; echo second-$((1+2))`, 'second-3');
	await run(
		`printf '\\033]52;c;%s\\a' "$(printf ${keys.clipboard} | base64 -w0)"; printf '\\033]2;${keys.output}\\a'; echo third-$((2+2))`,
		'third-4',
	);
	await run(`cat ~/no/${keys.fileName}; sudo cat /root/${keys.fileName}; echo fourth-$((2+3))`, 'fourth-5');

	// The agent's own: what the task shows to get its role's credentials, and those.
	const words = filesBelow(join(stack.state, 'ecs'), () => false)
		.filter((path) => path.endsWith('/command'))
		.flatMap((path) => readFileSync(path, 'utf8').split('\0'));
	const variable = (name: string): string => words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
	secrets.taskToken = variable('AWS_CONTAINER_AUTHORIZATION_TOKEN');
	const credentials = await fetch(variable('AWS_CONTAINER_CREDENTIALS_FULL_URI'), { headers: { authorization: secrets.taskToken } });
	const { SecretAccessKey, Token } = (await credentials.json()) as { SecretAccessKey: string; Token: string };
	Object.assign(secrets, { taskSecret: SecretAccessKey, taskSession: Token });

	const refusals = await failingRequests(stack.origin, user);
	await failingSockets(stack.origin, user, id);
	const crashed = await crashes(await stack.awsEnvironment());
	// While the task runs, its own files are there: what it printed, and the environment that it was started with.
	const ofTask = foundIn(join(stack.state, 'ecs'), secrets);
	expect(ofTask.filter((found) => !/^taskToken in .*\/command$/.test(found))).toEqual([]);
	expect(ofTask).toHaveLength(1);
	expect(filesBelow(join(stack.state, 'ecs'), () => false)).toContainEqual(expect.stringMatching(/\/output$/));
	await insist(() => user.api('POST', `/api/sessions/${id}/stop`));
	await insist(() => user.reaches(id, 'Stopped'));
	viewer.close();

	for (const [name, secret] of Object.entries(secrets)) expect(secret.length, name).toBeGreaterThanOrEqual(12);

	// The search finds what there is: files in the Home, keys in the two files that are for keys, plain words in the table.
	const home = foundIn(join(stack.state, 'efs'), secrets);
	for (const [name, file] of [
		['fileName', keys.fileName],
		['contents', keys.fileName],
		['keystroke', '.bash_history'],
	])
		expect(home).toContainEqual(expect.stringMatching(new RegExp(`^${name} in .*${file}$`)));
	const forKeys = ['key', 'credentials/credentials.json'].map((path) => join(stack.state, path));
	expect(forKeys.flatMap((path) => foundInText(path, readFileSync(path, 'utf8'), secrets).map((found) => found.split(' in ')[0]))).toEqual([
		'gateKey',
		'taskSecret',
		'taskSession',
	]);
	for (const path of forKeys) expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(foundIn(join(stack.state, 'dynamodb'), { session: id }).length).toBeGreaterThan(0);
	expect(foundIn(join(stack.state, 'logs'), { session: id }).length).toBeGreaterThan(0);
	expect(foundInText('a frame', `o${Buffer.from(`ls ${keys.frame} x`).toString('base64')}`, keys)).toEqual(['frame in a frame']);

	expect(foundIn(stack.state, secrets, (path) => path === join(stack.state, 'efs') || forKeys.includes(path))).toEqual([]);
	const printed = stack.output.filter((line) => !line.endsWith(stack.link));
	expect(foundInText('the output', printed.join('\n'), secrets)).toEqual([]);
	expect(foundInText('the answers of functions that crashed', crashed, secrets)).toEqual([]);
	if (!underFaults) expect(refusals.filter((answer) => answer.startsWith('5'))).toEqual([]);
});
