/** Tokens that outlived their subject, belonged to another or were believed too soon, as they were published. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createIdentity } from '@shellpod/functions/adapters/identity.ts';
import { createTokenVerifier } from '@shellpod/functions/adapters/token-verifier.ts';
import { disable, refusedTo, signOut } from '@shellpod/functions/core/access.ts';
import { admission } from '@shellpod/functions/core/admission.ts';
import { taskCaller } from '@shellpod/functions/core/callers.ts';
import { agentHello } from '@shellpod/functions/core/hello.ts';
import { describe, expect, test } from 'vitest';
import { startAnsweringServer } from '../support/answering-server.ts';
import { createHttpApi, signIn } from '../support/http-api.ts';
import { base, idle } from '../support/session-records.ts';
import { caller, connection, startingSession, testUser } from '../support/sockets.ts';

const taskId = '0123456789abcdef0123456789abcdef';
const arnOf = (role = 'sp-home-100000', task = taskId, account = '000000000000') => `arn:aws:sts::${account}:assumed-role/${role}/${task}`;
const known = () => {
	const record = startingSession();
	return { ...record, task: { ...(record.task ?? expect.fail()), arn: `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${taskId}` } };
};

describe('what an agent has', () => {
	test('[CVE-2025-58437] ends with the task that it was given to: an older one’s is worth nothing', () => {
		const now = new Date('2026-11-22T08:00:05Z');
		const next = { ...known(), generation: 2, task: { ...known().task, generation: 2 } };
		expect(agentHello(known(), caller('agent', 'a', 1), connection('one'), { versions: [1] }, now, base, idle)).toMatchObject({ renewed: false });
		expect(agentHello(next, caller('agent', 'a', 1), connection('one'), { versions: [1] }, now, base, idle)).toMatchObject({
			refused: 'not_running',
		});
		expect(agentHello(next, caller('agent', 'a', 3), connection('one'), { versions: [1] }, now, base, idle)).toMatchObject({
			refused: 'not_running',
		});
	});

	test('[CVE-2026-46354] is got by an identity that fits the record whole, not by a part of one', () => {
		const admitted = (arn: string) => admission(known(), taskCaller(arn) ?? { account: '', roleName: '', taskId: '' });
		expect(admitted(arnOf())).toBe('admitted');
		for (const arn of [arnOf('sp-home-100000', taskId, '111111111111'), arnOf('sp-home-100001'), arnOf('sp-home-100000', 'f'.repeat(32))])
			expect([arn, admitted(arn)]).toEqual([arn, 'refused']);
	});

	test('[CVE-2020-16250] is not got by a text in which an identity only occurs', () => {
		expect(taskCaller(arnOf())).toBeDefined();
		for (const text of [
			` ${arnOf()}`,
			`${arnOf()}/x`,
			`<Arn>${arnOf()}</Arn>`,
			`${arnOf()}\n`,
			`https://evil.example/?${arnOf()}`,
			`${arnOf()},${arnOf('sp-home-100001')}`,
		])
			expect([text, taskCaller(text)]).toEqual([text, undefined]);
	});
});

describe('what a user has', () => {
	const record = { user: testUser, rev: 1, signedOut: {}, ended: {}, sockets: {} };
	const at = '2026-11-22T08:00:00.000Z';

	test('[GO-2025-3921] ends with the sign-in at the provider, whatever was handed out by it', async () => {
		const { ask } = createHttpApi({ identity: { refresh: async () => undefined } });
		const headers = { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin' };
		const answer = await ask({ method: 'POST', path: '/api/auth/token', user: null, headers, cookies: ['__Secure-shellpod-refresh=old'] });
		expect([answer.status, answer.cookies[0]]).toEqual([401, expect.stringContaining('Max-Age=0')]);
		expect(refusedTo(signOut(record, signIn, '2026-11-22T09:00:00.000Z', at), signIn)).toBe('signed_out');
	});

	test('[CODER-0.22.3] ends with the account: a token of one who is switched off is refused at once', async () => {
		const { ask, access } = createHttpApi();
		expect((await ask({ path: '/api/me', user: testUser })).status).toBe(200);
		await access.put(disable(await access.get(testUser), 'operator', at));
		expect((await ask({ path: '/api/me', user: testUser })).status).toBe(403);
		expect((await ask({ path: '/api/sessions', user: testUser })).status).toBe(403);
	});
});

describe('a token on its way', () => {
	test('[CVE-2026-55431] goes to the provider and, whatever that says, to nobody else', async () => {
		const [provider, evil] = [await startAnsweringServer(), await startAnsweringServer()];
		try {
			const identity = createIdentity({ base: provider.url, clientId: 'client-1', fetch, timeout: 2_000 });
			for (const status of [301, 302, 307, 308]) {
				provider.answer = () => ({ status, body: '', headers: { location: `${evil.url}/oauth2/token` } });
				await identity.refresh('refresh-1').catch(() => undefined);
				await identity.revoke('refresh-1').catch(() => undefined);
			}
			expect(provider.asked.length).toBeGreaterThanOrEqual(8);
			expect(evil.asked).toEqual([]);
		} finally {
			await Promise.all([provider.stop(), evil.stop()]);
		}
	});

	test('[CVE-2025-49825] is believed by the provider’s own key only, whatever key it brings along', async () => {
		const provider = await startAnsweringServer();
		try {
			const [ours, theirs] = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })];
			provider.answer = () => ({ body: { keys: [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] } });
			const { verify } = createTokenVerifier({ issuer: provider.url, clientId: 'client-1', fetch, timeout: 2_000 });
			const seconds = Math.floor(Date.now() / 1_000);
			const claims = { iss: provider.url, aud: 'client-1', sub: 's', token_use: 'id', nonce: 'n', iat: seconds, exp: seconds + 600 };
			const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
			const token = (header: object, key = theirs.privateKey): string => {
				const text = `${part({ alg: 'RS256', kid: 'k', ...header })}.${part(claims)}`;
				return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
			};
			expect(await verify(token({}, ours.privateKey))).toEqual({ nonce: 'n' });
			const jwk = theirs.publicKey.export({ format: 'jwk' });
			for (const header of [{}, { jwk }, { jku: `${provider.url}/evil.json` }, { kid: 'none', jwk }, { alg: 'none' }])
				expect([header, await verify(token(header)).catch(() => undefined)]).toEqual([header, undefined]);
		} finally {
			await provider.stop();
		}
	});
});
