/** The whole product while the table and the user pool do all that they may: whoever asks again gets what they asked for, once. */
import { ECSClient, ListClustersCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { SessionList } from '@shellpod/protocol/http.ts';
import { expect, it } from 'vitest';
import { openHeadlessPage } from '../support/headless-page.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';

const faults = [
	'ddb-throttle=5%,ddb-error=3%,ddb-late-error=5%,ddb-conflict=2%,ddb-stale=0..1s,index-lag=0..3s,ttl-lag=0..1h',
	'pool-throttle=30%,pool-slow=0..200ms,jwks-slow=0..1s',
].join();

/** What passes: a person, or a page, asks again then. */
const passing = /: (?:429|5\d\d) |no access token: (?:429|5\d\d)/;

const insist = async <T>(ask: () => Promise<T>, fine: RegExp = /$^/): Promise<T | undefined> => {
	for (;;)
		try {
			return await ask();
		} catch (error) {
			const said = String(error);
			if (fine.test(said)) return undefined;
			if (!passing.test(said)) throw error;
		}
};

const signIn = async (stack: Stack): Promise<HttpUser> => {
	for (;;) {
		const user = await signInByHttp(stack, 'ann');
		try {
			await insist(() => user.api('GET', '/api/sessions'));
			return user;
		} catch (error) {
			// the sign-in itself came to nothing, which the page says: begin anew
			if (!/: 401 /.test(String(error))) throw error;
		}
	}
};

/** ARNs of the tasks that run, as the operator sees them. */
const tasksOf = async (stack: Stack): Promise<() => Promise<string[]>> => {
	const {
		AWS_ENDPOINT_URL_ECS: endpoint = '',
		AWS_ACCESS_KEY_ID: accessKeyId = '',
		AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
	} = await stack.awsEnvironment();
	const ecs = new ECSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
	const [cluster = ''] = (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [];
	return async () => (await ecs.send(new ListTasksCommand({ cluster }))).taskArns ?? [];
};

it.each([1, 2])('a session is made, started, stopped and deleted once, however often one asks (seed %i)', { timeout: 300_000 }, async (seed) => {
	const stack = await startStack({ faults, seed });
	try {
		const user = await signIn(stack);
		const tasks = await tasksOf(stack);
		const sessions = async () => SessionList.parse(await insist(() => user.api('GET', '/api/sessions'))).sessions;
		const state = async () => (await sessions())[0]?.state;

		// a name that is taken is taken by what was asked for before, or by a claim that is dropped in a while
		while ((await sessions()).length === 0) await insist(() => user.createSession('faults'), /: 409 /);
		const [{ id = '' } = {}] = await sessions();
		await expect.poll(state, { timeout: 120_000 }).toBe('Running');

		const page = openHeadlessPage(stack, user, id);
		await page.shows((lines) => lines.some((line) => line.endsWith('$')));
		await page.type('echo it-$((40+2))\r');
		await page.shows((lines) => lines.includes('it-42'));
		page.close();

		for (let times = 0; times < 3; times += 1) {
			await insist(() => user.api('POST', `/api/sessions/${id}/stop`));
			await expect.poll(state, { timeout: 120_000 }).toBe('Stopped');
			await insist(() => user.api('POST', `/api/sessions/${id}/start`));
			await expect.poll(state, { timeout: 120_000 }).toBe('Running');
		}
		await insist(() => user.api('PATCH', `/api/sessions/${id}`, { name: 'renamed' }));
		expect((await sessions()).map(({ name }) => name)).toEqual(['renamed']);
		expect(await tasks()).toHaveLength(1);

		await insist(() => user.api('DELETE', `/api/sessions/${id}`), /: 404 /);
		await expect.poll(async () => (await sessions()).length, { timeout: 120_000 }).toBe(0);
		await expect.poll(tasks, { timeout: 120_000 }).toEqual([]);
	} finally {
		await stack.dispose();
	}
});
