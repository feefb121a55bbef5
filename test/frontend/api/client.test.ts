import { terminalId } from '@shellpod/protocol/ids.ts';
import { expect, test } from 'vitest';
import { createApi } from '../../../frontend/src/api/client.ts';
import type { Fetch } from '../../../frontend/src/api/fetch-json.ts';
import { createTokens } from '../../../frontend/src/auth/tokens.ts';
import { sessionView } from '../support/session-view.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers });
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
	json(status, { type: `urn:shellpod:${code}`, title: 'Title', status, detail: `about ${code}`, code }, headers);

/** A page's API whose server answers as the test says; tokens are numbered. */
const createPage = (answer: (path: string, token: string | null) => Response) => {
	const clock = createVirtualClock();
	const asked: string[] = [];
	let tokens = 0;
	let signedOut = 0;
	const why: (string | undefined)[] = [];
	let locked = 0;
	const fetch: Fetch = async (path, init) => {
		asked.push(`${init.method} ${path}`);
		const headers = new Headers(init.headers);
		if (path === '/api/auth/token') {
			expect(headers.get('x-shellpod')).toBe('1');
			tokens += 1;
			return answer(path, `${tokens}`);
		}
		return answer(path, headers.get('authorization'));
	};
	const lock = async <T>(_: string, action: () => Promise<T>): Promise<T> => {
		locked += 1;
		expect(locked).toBe(1);
		try {
			return await action();
		} finally {
			locked -= 1;
		}
	};
	const store = createTokens({ fetch, lock, clock });
	const api = createApi({
		fetch,
		tokens: store,
		onSignedOut: (words) => {
			signedOut += 1;
			why.push(words);
		},
	});
	return {
		api,
		clock,
		asked,
		store,
		why,
		get signedOut() {
			return signedOut;
		},
	};
};
const granted = (token: string | null) => json(200, { accessToken: `token${token}`, expiresIn: 600, name: 'ada' });

test('many requests at once share one token, which is renewed before it ends', async () => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : json(200, { sessions: [], trash: [] })));
	await Promise.all([page.api.sessions(), page.api.sessions(), page.api.sessions()]);
	const refreshes = () => page.asked.filter((one) => one.includes('token')).length;
	expect(refreshes()).toBe(1);
	page.clock.run(530_000);
	await page.api.sessions();
	expect(refreshes()).toBe(1);
	page.clock.run(20_000);
	await page.api.sessions();
	expect(refreshes()).toBe(2);
});

test('a token that is refused is replaced once', async () => {
	const page = createPage((path, token) => {
		if (path === '/api/auth/token') return granted(token);
		return token === 'Bearer token1' ? problem(401, 'unauthenticated') : json(200, { sessions: [], trash: [] });
	});
	expect(await page.api.sessions()).toEqual({ sessions: [], trash: [] });
	expect(page.asked).toEqual(['POST /api/auth/token', 'GET /api/sessions', 'POST /api/auth/token', 'GET /api/sessions']);
	expect(page.signedOut).toBe(0);
});

test('signed out is said once, and nothing is asked for without a token', async () => {
	const page = createPage(() => problem(401, 'unauthenticated'));
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'unauthenticated' });
	expect(page.signedOut).toBe(1);
	expect(page.asked.every((one) => one === 'POST /api/auth/token')).toBe(true);
});

test('[aws-F3b] a busy sign-in service signs nobody out: what was asked for can be tried again', async () => {
	let busy = true;
	const page = createPage((path, token) => {
		if (path !== '/api/auth/token') return json(200, { sessions: [], trash: [] });
		return busy ? problem(503, 'unavailable', { 'retry-after': '2' }) : granted(token);
	});
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'unavailable', retryAfter: 2 });
	expect(page.signedOut).toBe(0);
	busy = false;
	expect(await page.api.sessions()).toEqual({ sessions: [], trash: [] });
	expect(page.signedOut).toBe(0);
});

test('[aws-F3b] a token that is still good is used on while the sign-in service is busy, which is not asked for all of it', async () => {
	let busy = false;
	const page = createPage((path, token) => {
		if (path !== '/api/auth/token') return json(200, { sessions: [], trash: [] });
		return busy ? problem(503, 'unavailable', { 'retry-after': '2' }) : granted(token);
	});
	await page.api.sessions();
	busy = true;
	page.clock.run(545_000);
	const refreshes = () => page.asked.filter((one) => one.includes('token')).length;
	expect(await page.api.sessions()).toEqual({ sessions: [], trash: [] });
	expect(await page.api.sessions()).toEqual({ sessions: [], trash: [] });
	expect(refreshes()).toBe(2);
	page.clock.run(2_000);
	await page.api.sessions();
	expect(refreshes()).toBe(3);
	page.clock.run(53_000);
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'unavailable' });
	expect(page.signedOut).toBe(0);
});

test('a sign-in that has ended is over at once, though its token is still good for a while', async () => {
	let ended = false;
	const page = createPage((path, token) => {
		if (path !== '/api/auth/token') return json(200, { sessions: [], trash: [] });
		return ended ? problem(401, 'unauthenticated') : granted(token);
	});
	await page.api.sessions();
	ended = true;
	page.clock.run(545_000);
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'unauthenticated' });
	expect(page.signedOut).toBe(1);
});

test('[aws-F3a] a gateway that can’t check tokens signs nobody out: a new token is refused too', async () => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : json(401, { message: 'Unauthorized' })));
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'unavailable' });
	expect([page.signedOut, page.asked.length]).toEqual([0, 4]);
});

test('problem details keep their code, their words and their time', async () => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : problem(503, 'no_slot', { 'retry-after': '7' })));
	await expect(page.api.create('x')).rejects.toMatchObject({ code: 'no_slot', message: 'about no_slot', retryAfter: 7 });
});

test.each([
	[404, 'not_found'],
	[429, 'too_many'],
	[502, 'unavailable'],
	[500, 'internal'],
])('an answer of the gateway itself with %i is %s', async (status, code) => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : new Response('<html>', { status })));
	await expect(page.api.sessions()).rejects.toMatchObject({ code });
});

test('an answer that is not what the protocol says is not believed', async () => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : json(200, { sessions: [{ id: '../../x' }], trash: [] })));
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'internal' });
});

test('what a control plane doesn’t say yet, or any more, keeps no page from showing the rest', async () => {
	const { stopped: _, ended, ...older } = sessionView('abcdefgh2345', 'work', 'Stopped', '2026-11-22T00:00:00.000Z');
	const moved = {
		id: '1',
		kind: 'moved',
		at: older.since,
		generation: 1,
		by: 'user',
		why: null,
		device: null,
		from: 'Running',
		to: 'Stopping',
		count: 1,
	};
	const page = createPage((path, token) => {
		if (path === '/api/auth/token') return granted(token);
		return json(200, path.includes('events') ? { events: [moved], before: null } : older);
	});
	expect(await page.api.session('abcdefgh2345')).toEqual({ ...older, stopped: null, ended });
	expect(await page.api.events('abcdefgh2345', null)).toEqual({ events: [{ ...moved, ended: [] }], before: null });
});

test('no network is “unavailable”, which is tried again', async () => {
	const page = createPage((path, token) => {
		if (path === '/api/auth/token') return granted(token);
		throw new TypeError('Failed to fetch');
	});
	await expect(page.api.session('abcdefghijkl')).rejects.toMatchObject({ code: 'unavailable' });
});

test('[security 8] who was switched off is told so, and is signed out', async () => {
	const page = createPage((path, token) => (path === '/api/auth/token' ? granted(token) : problem(403, 'forbidden')));
	await expect(page.api.sessions()).rejects.toMatchObject({ code: 'forbidden' });
	expect([page.signedOut, page.why]).toEqual([1, ['about forbidden']]);
	expect(page.asked).toEqual(['POST /api/auth/token', 'GET /api/sessions']);
});

test('a ticket names the view that it is for', async () => {
	const bodies: unknown[] = [];
	const clock = createVirtualClock();
	const fetch: Fetch = async (path, init) => {
		if (path === '/api/auth/token') return granted('1');
		bodies.push(JSON.parse(String(init.body)));
		return json(201, { url: 'wss://x/ws', protocols: [], expiresAt: '2026-11-22T00:00:00.000Z' });
	};
	const api = createApi({ fetch, tokens: createTokens({ fetch, lock: async (_, action) => action(), clock }), onSignedOut: () => undefined });
	await api.ticket('abcdefgh2345', terminalId('terminal1'), true);
	await api.ticket('abcdefgh2345', terminalId('terminal1'), false);
	expect(bodies).toEqual([{ terminal: 'terminal1', opened: true }, { terminal: 'terminal1' }]);
});
