/** `GET /api/sessions/{id}/events`: what a user reads of a session's life. Rule 17 of functions/core/SPEC.md. */
import { deviceOf } from '@shellpod/functions/core/devices.ts';
import { pageOfEvents } from '@shellpod/functions/core/history.ts';
import { EventPage, Session } from '@shellpod/protocol/http.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { describe, expect, it } from 'vitest';
import { createHttpApi } from '../support/http-api.ts';
import { at } from '../support/session-records.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const setUp = async () => {
	const api = createHttpApi();
	await api.addSlots(2);
	const created = await api.ask({ method: 'POST', path: '/api/sessions', body: { name: 'demo' }, headers: { 'user-agent': firefox } });
	const { id } = Session.parse(created.json());
	const read = async (query = '', user = 'user-1') => api.ask({ path: `/api/sessions/${id}/events${query}`, user });
	const page = async (query = '') => EventPage.parse((await read(query)).json());
	return { ...api, id: sessionId(id), read, page };
};

describe('the history of a session', () => {
	it('[17] says who did what, when, with what, from where to where and why, the newest first', async () => {
		const { ask, id, page, clock } = await setUp();
		clock.pass(60);
		await ask({ method: 'POST', path: `/api/sessions/${id}/tickets`, headers: { 'user-agent': firefox } });
		clock.pass(60);
		await ask({ method: 'POST', path: `/api/sessions/${id}/stop` });
		const { events, before } = await page();
		expect(before).toBeNull();
		expect(events.map(({ id: _, ...event }) => event)).toEqual([
			{
				kind: 'moved',
				at: at(120),
				generation: 1,
				by: 'user',
				why: 'You stopped it',
				device: null,
				from: 'Starting',
				to: 'Stopping',
				count: 1,
				ended: [],
			},
			{ kind: 'ticket', at: at(60), generation: 1, by: null, why: null, device: 'Firefox on Linux', from: null, to: null, count: 1, ended: [] },
			{
				kind: 'moved',
				at: at(0),
				generation: 1,
				by: 'user',
				why: 'You created it',
				device: 'Firefox on Linux',
				from: null,
				to: 'Starting',
				count: 1,
				ended: [],
			},
		]);
	});

	it('[17] has what no item was made of yet, and once only', async () => {
		const { id, page, sessions, tasks, drive } = await setUp();
		const [made] = await sessions.list('user-1' as never);
		if (!made) return expect.fail();
		await sessions.put({ ...made, phase: 'running', phaseAt: at(30) });
		expect((await sessions.get(made.user, id))?.trail?.pending).toHaveLength(1);
		expect((await page()).events.map(({ to }) => to)).toEqual(['Running', 'Starting']);
		tasks.settle();
		await drive(made.user, id);
		expect(new Set((await page()).events.map(({ id: place }) => place)).size).toBe((await page()).events.length);
	});

	it('[17] comes page by page, and what is no page is said so', async () => {
		const { id, page, read, events } = await setUp();
		for (let rev = 10; rev < 10 + pageOfEvents * 2; rev++)
			await events.put(id, {
				kind: 'moved',
				rev,
				at: at(rev),
				by: 'user',
				why: '',
				from: 'running',
				to: 'stopping',
				wanted: 'stopped',
				generation: 1,
			});
		const seen: string[] = [];
		let query = '';
		for (let pages = 0; pages < 5; pages++) {
			const { events: some, before } = await page(query);
			seen.push(...some.map(({ at: time }) => time));
			if (before === null) break;
			query = `?before=${encodeURIComponent(before)}`;
		}
		expect(seen).toEqual([...Array.from({ length: pageOfEvents * 2 }, (_, nth) => at(10 + nth)), at(0)].toSorted().reverse());
		for (const wrong of ['x', '', `${at(0)}#../USER`]) expect((await read(`?before=${encodeURIComponent(wrong)}`)).status).toBe(400);
	});

	it('[security 7] is nobody else’s, and a deleted session’s is gone', async () => {
		const { ask, id, read } = await setUp();
		expect((await read('', 'user-2')).status).toBe(404);
		await ask({ method: 'DELETE', path: `/api/sessions/${id}` });
		expect((await read()).status).toBe(404);
	});
});

describe('a device', () => {
	const words: [string | undefined, string | undefined][] = [
		[firefox, 'Firefox on Linux'],
		['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0', 'Edge on Windows'],
		['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36', 'Chrome on Android'],
		['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari on an iPhone'],
		['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15', 'Safari on a Mac'],
		['curl/8.5 <script>', 'a program'],
		['', undefined],
		[undefined, undefined],
	];
	it.each(words)('[17] %s is %s, and nothing that it says itself', (said, word) => expect(deviceOf(said)).toBe(word));
});
