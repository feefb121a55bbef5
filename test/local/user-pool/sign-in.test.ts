import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StillWorld, stillWorld } from '../../support/world.ts';
import { callback, claimsOf, createSite, home, location, type Site } from './pool-fixture.ts';

let world: StillWorld;
let site: Site;
beforeEach(async () => {
	world = stillWorld();
	site = await createSite(world);
});
afterEach(() => world.remove());

const authorize = (changes: Record<string, string | null> = {}) => site.get(`/oauth2/authorize?${site.query(changes)}`);
const logIn = async (fields: Record<string, string>) => {
	const page = await site.get(`/login?${site.query()}`);
	const [, form = ''] = /name="form" value="([^"]+)"/.exec(String(page.body)) ?? [];
	return { form, answer: await site.post(`/login?${site.query()}`, { form, ...fields }) };
};

describe('signing in', () => {
	it('asks for a name, then goes back with a code and the state', async () => {
		const asked = await authorize();
		expect(location(asked).pathname).toBe('/_sign-in/p/login');
		const page = String((await site.get(location(asked).href)).body);
		expect(page).toContain('<label for="username">User name</label>');
		expect(page.match(/type="text"/g)).toHaveLength(1);
		expect(page).toContain('for this machine only');
		const { answer } = await logIn({ username: 'ada' });
		const back = location(await site.get(location(answer).href));
		expect(`${back.origin}${back.pathname}`).toBe(callback);
		expect(back.searchParams.get('state')).toBe('st');
		expect(back.searchParams.get('code')).toMatch(/^[\w-]{43}$/);
	});

	it('is one redirect in a browser that is signed in already, for an hour', async () => {
		await site.code();
		expect(location(await authorize()).searchParams.has('code')).toBe(true);
		world.pass(3_600_000);
		expect(location(await authorize()).pathname).toBe('/_sign-in/p/login');
	});

	it('survives a restart: the browser, the user, the refresh token and the key', async () => {
		const { body } = await site.exchange(await site.code('ada'));
		const cookies = [...site.cookies];
		site = await createSite(world);
		for (const [name, value] of cookies) site.cookies.set(name, value);
		const again = await site.exchange(location(await authorize()).searchParams.get('code') ?? '');
		expect(claimsOf(again.body.access_token).sub).toBe(claimsOf(body.access_token).sub);
		expect((await site.refresh(body.refresh_token ?? '')).status).toBe(200);
	});

	it('makes a user at the first sign-in, with a sub that stays', async () => {
		const subs: unknown[] = [];
		for (const name of ['ada', 'bob', 'ada']) {
			site.cookies.clear();
			subs.push(claimsOf((await site.exchange(await site.code(name))).body.access_token).sub);
		}
		expect(subs[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
		expect(subs[0]).toBe(subs[2]);
		expect(subs[0]).not.toBe(subs[1]);
	});

	it.each(['', 'Ada', 'a b', 'a'.repeat(33), '<b>', '../x'])('refuses the name %j, and says how names are', async (username) => {
		const { answer } = await logIn({ username });
		expect(answer.status).toBe(400);
		expect(String(answer.body)).toContain('1 to 32 small letters, digits and dashes');
		expect(String(answer.body)).not.toContain('<b>');
	});

	it('takes a form once, and only from the browser that it was given to', async () => {
		const { form } = await logIn({ username: 'ada' });
		const fresh = new Map(site.cookies);
		expect((await site.post(`/login?${site.query()}`, { form, username: 'eve' })).status).toBe(400);
		const page = await site.get(`/login?${site.query()}`);
		const [, next = ''] = /name="form" value="([^"]+)"/.exec(String(page.body)) ?? [];
		site.cookies.clear();
		expect((await site.post(`/login?${site.query()}`, { form: next, username: 'eve' })).status).toBe(400);
		expect(fresh.size).toBe(2);
	});

	it('prompt=login asks again, prompt=none never does', async () => {
		expect(location(await authorize({ prompt: 'none' })).searchParams.get('error')).toBe('login_required');
		await site.code();
		expect(location(await authorize({ prompt: 'none' })).searchParams.has('code')).toBe(true);
		const again = location(await authorize({ prompt: 'login' }));
		expect(again.pathname).toBe('/_sign-in/p/login');
		expect(again.searchParams.has('prompt')).toBe(false);
	});

	it.each([[{ client_id: 'nobody' }], [{ redirect_uri: `${callback}/` }], [{ redirect_uri: 'https://evil.example/' }], [{ redirect_uri: null }]])(
		'sends no browser anywhere for %j',
		async (changes) => {
			const answer = await authorize(changes as Record<string, string | null>);
			expect(answer.status).toBe(400);
			expect(answer.headers?.location).toBeUndefined();
		},
	);

	it.each([
		[{ response_type: 'token' }, 'unsupported_response_type'],
		[{ scope: 'openid admin' }, 'invalid_scope'],
		[{ code_challenge_method: 'plain' }, 'invalid_request'],
		[{ code_challenge: 'short' }, 'invalid_request'],
		[{ prompt: 'dance' }, 'invalid_request'],
	])('goes back with an error for %j', async (changes, error) => {
		const back = location(await authorize(changes));
		expect(back.searchParams.get('error')).toBe(error);
		expect(back.searchParams.get('state')).toBe('st');
		expect(back.searchParams.has('code')).toBe(false);
	});
});

describe('signing out', () => {
	it('ends the browser’s sign-in and goes to the exact address', async () => {
		await site.code();
		const answer = await site.get(`/logout?client_id=${site.clientId}&logout_uri=${encodeURIComponent(home)}`);
		expect(answer.headers?.location).toBe(home);
		expect(location(await authorize()).pathname).toBe('/_sign-in/p/login');
	});

	it.each([`${home}x`, 'https://evil.example/', ''])('refuses to go to %j', async (to) => {
		await site.code();
		expect((await site.get(`/logout?client_id=${site.clientId}&logout_uri=${encodeURIComponent(to)}`)).status).toBe(400);
		expect(location(await authorize()).searchParams.has('code')).toBe(true);
	});

	it('needs a client', async () => {
		expect((await site.get(`/logout?logout_uri=${encodeURIComponent(home)}`)).status).toBe(400);
	});
});

it('knows its addresses and methods only', async () => {
	expect((await site.get('/oauth2/token')).status).toBe(405);
	expect((await site.get('/oauth2/userInfo')).status).toBe(404);
	expect((await site.get('http://localhost:8080/_sign-in/other/login')).status).toBe(404);
});
