/** A user without a browser: the same gate, sign-in and HTTP API, by fetch with a cookie jar. */
import { scheduler } from 'node:timers/promises';
import { AccessToken, Session, type SessionState, Ticket } from '@shellpod/protocol/http.ts';
import type { Stack } from './stack.ts';

export interface HttpUser {
	/** Calls the API as this user; throws with the answer's text when it isn't a success. */
	api(method: string, path: string, body?: unknown): Promise<unknown>;
	createSession(name: string): Promise<Session>;
	session(id: string): Promise<Session>;
	/** Asks again and again, as the page does, until the session is in this state. */
	reaches(id: string, state: SessionState): Promise<void>;
	ticket(id: string): Promise<Ticket>;
	/** the gate's cookie, for the WebSocket */
	cookie(): string;
}

/** ms between two looks: short beside what is measured, and no more than the 20 a second that a user may have */
const pollMs = 50;

export const signInByHttp = async (stack: Stack, name: string): Promise<HttpUser> => {
	const jar = new Map<string, string>();
	const cookie = (): string => [...jar].map(([key, value]) => `${key}=${value}`).join('; ');

	const fetchWithJar = async (url: URL, init: RequestInit = {}): Promise<Response> => {
		const headers = new Headers(init.headers);
		headers.set('cookie', cookie());
		const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
		for (const line of answer.headers.getSetCookie()) {
			const [, key, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
			if (key === undefined || value === undefined) continue;
			if (/max-age=0/i.test(line) || value === '') jar.delete(key);
			else jar.set(key, value);
		}
		const location = answer.headers.get('location');
		return location && answer.status < 400 && answer.status >= 300
			? fetchWithJar(new URL(location, url), { headers: { accept: 'text/html' } })
			: answer;
	};
	const post = (url: URL, form: Record<string, string>): Promise<Response> =>
		fetchWithJar(url, { method: 'POST', body: new URLSearchParams(form), headers: { origin: stack.origin } });

	await post(new URL('/_gate', stack.origin), { key: stack.key, to: '/' });
	const asked = await fetchWithJar(new URL('/api/auth/login', stack.origin));
	const page = await asked.text();
	const form = Object.fromEntries(
		[...page.matchAll(/<input[^>]*name="([^"]+)"[^>]*>/g)].map(([tag, field]) => [
			field,
			/type="hidden"/.test(tag) ? (/value="([^"]*)"/.exec(tag)?.[1] ?? '') : name,
		]),
	);
	const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1];
	if (action === undefined) throw new Error(`no sign-in form:\n${page}`);
	await post(new URL(action.replaceAll('&amp;', '&'), asked.url), form);

	let token: { value: string; until: number } | undefined;
	const accessToken = async (): Promise<string> => {
		if (!token || token.until < Date.now()) {
			const answer = await fetchWithJar(new URL('/api/auth/token', stack.origin), {
				method: 'POST',
				headers: { 'x-shellpod': '1', 'sec-fetch-site': 'same-origin', origin: stack.origin },
			});
			if (!answer.ok) throw new Error(`no access token: ${answer.status} ${await answer.text()}`);
			const { accessToken: value, expiresIn } = AccessToken.parse(await answer.json());
			token = { value, until: Date.now() + (expiresIn - 60) * 1000 };
		}
		return token.value;
	};

	const api = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		const answer = await fetchWithJar(new URL(path, stack.origin), {
			method,
			headers: { authorization: `Bearer ${await accessToken()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
		return text ? JSON.parse(text) : undefined;
	};
	const session = async (id: string): Promise<Session> => Session.parse(await api('GET', `/api/sessions/${id}`));
	return {
		api,
		session,
		async reaches(id, state) {
			while ((await session(id)).state !== state) await scheduler.wait(pollMs);
		},
		cookie,
		createSession: async (session) => Session.parse(await api('POST', '/api/sessions', { name: session })),
		ticket: async (id) => Ticket.parse(await api('POST', `/api/sessions/${id}/tickets`)),
	};
};
