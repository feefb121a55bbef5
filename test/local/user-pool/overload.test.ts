/** A user pool that has too much to do, and what the product makes of it. */
import { createIdentity } from '@shellpod/functions/adapters/identity.ts';
import { Problem } from '@shellpod/protocol/http.ts';
import { afterEach, expect, it } from 'vitest';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { parseFaults } from '../../../local/faults/parse.ts';
import { createOverload } from '../../../local/user-pool/overload.ts';
import { createHttpApi } from '../../support/http-api.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';
import { createSite, type Site } from './pool-fixture.ts';

const worlds: StillWorld[] = [];
afterEach(() => {
	for (const world of worlds.splice(0)) world.remove();
});

/** The same pool, with its users, before and after something goes wrong. */
const createSites = async (faults: string): Promise<{ well: Site; busy: Site; refreshToken: string }> => {
	const world = stillWorld();
	worlds.push(world);
	const well = await createSite(world);
	const refreshToken = (await well.exchange(await well.code())).body.refresh_token ?? '';
	const busy = await createSite({ ...world, faults: createFaultPlan(1, parseFaults(faults)) });
	return { well, busy, refreshToken };
};

/** The product's own token route, whose identity provider is this pool. */
const asksAt = async (site: Site, refreshToken: string, timeout = 2_000) => {
	const fetch = async (address: string, init: RequestInit): Promise<Response> => {
		const work = site.post(new URL(address).pathname.replace('/_sign-in/p', ''), Object.fromEntries(new URLSearchParams(String(init.body))));
		const late = new Promise<never>((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('too late'))));
		const { status, headers = {}, body = '' } = await Promise.race([work, late]);
		return new Response(String(body), { status, headers });
	};
	const identity = createIdentity({
		base: 'http://localhost:8080/_sign-in/p',
		clientId: site.clientId,
		fetch: fetch as typeof globalThis.fetch,
		timeout,
	});
	const api = createHttpApi({ identity });
	return api.ask({
		method: 'POST',
		path: '/api/auth/token',
		user: null,
		headers: { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin' },
		cookies: [`__Secure-shellpod-refresh=${refreshToken}`],
	});
};

it('[aws-F3b] answers requests for tokens with 429: the product says when to ask again, and keeps the sign-in', async () => {
	const { well, busy, refreshToken } = await createSites('pool-throttle=100%');
	expect((await busy.refresh(refreshToken)).status).toBe(429);
	const answer = await asksAt(busy, refreshToken);
	expect(answer).toMatchObject({ status: 503, cookies: [], headers: { 'retry-after': '2' } });
	expect(Problem.parse(answer.json())).toMatchObject({ code: 'unavailable' });
	// nothing was used up
	expect((await asksAt(well, refreshToken)).status).toBe(200);
});

it('[aws-F3b] takes its time: the product gives up in time, and keeps the sign-in', async () => {
	const { well, busy, refreshToken } = await createSites('pool-slow=60..60s');
	const answer = await asksAt(busy, refreshToken, 20);
	expect(answer).toMatchObject({ status: 503, cookies: [], headers: { 'retry-after': '2' } });
	expect((await asksAt(well, refreshToken)).status).toBe(200);
});

it('[aws-F3a] takes its time with its keys, and with nothing else', async () => {
	const overload = createOverload(createFaultPlan(1, parseFaults('jwks-slow=3..3s')).of('user-pool'));
	expect([overload.keysMs(), overload.page('POST', '/oauth2/token')]).toEqual([3_000, { ms: 0 }]);
	const { busy } = await createSites('jwks-slow=5..5ms');
	const request = { method: 'GET', path: `/${busy.poolId}/.well-known/jwks.json`, query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) };
	expect(await busy.standIn.open['cognito-idp'](request)).toMatchObject({ status: 200, body: expect.stringContaining('"keys"') });
});
