/** How fast and how much a user may ask the HTTP API. */
import { createRates } from '@shellpod/functions/core/rates.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import { api } from '@shellpod/protocol/limits.ts';
import { describe, expect, test } from 'vitest';
import { createHttpApi } from '../support/http-api.ts';

const [ada, bob] = [userId('ada'), userId('bob')];

describe('[security 13] requests', () => {
	test('beyond the burst are refused with a second to wait; others are not concerned', () => {
		let now = 0;
		const rates = createRates(() => new Date(now), api);
		for (let request = 0; request < api.burst; request++) rates(ada);
		expect(() => rates(ada)).toThrow(ShellPodError);
		rates(bob);
		now = 1_000;
		for (let request = 0; request < api.perSecond; request++) rates(ada);
		expect(() => rates(ada)).toThrow(expect.objectContaining({ code: 'too_many', retryAfter: 1 }));
	});

	test('of very many users are forgotten, the longest silent first, and cost no memory', () => {
		const rates = createRates(() => new Date(0), api);
		for (let request = 0; request < api.burst; request++) rates(ada);
		for (let user = 0; user < 999; user++) rates(userId(`user-${user}`));
		expect(() => rates(ada)).toThrow(ShellPodError);
		for (let user = 0; user < 1_000; user++) rates(userId(`other-${user}`));
		rates(ada);
	});

	test('are a 429 with Retry-After to the page', async () => {
		const { ask } = createHttpApi({ rates: createRates(() => new Date(0), api) });
		const answers = await Promise.all(Array.from({ length: api.burst + 1 }, () => ask({ path: '/api/me' })));
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(api.burst);
		expect(answers.at(-1)).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
	});
});

describe('[security 13] a body', () => {
	test('is counted in bytes and refused on every route, whether that reads it or not', async () => {
		const { ask } = createHttpApi();
		const body = { name: 'é'.repeat(api.maxBodyBytes / 2) };
		for (const path of ['/api/sessions', '/api/auth/token', '/api/sessions/aaaaaaaaaaaa/start'])
			expect((await ask({ method: 'POST', path, body })).status).toBe(413);
	});

	test('the limits stand in the description', async () => {
		const { ask } = createHttpApi();
		const description = (await ask({ path: '/api/openapi.json', user: null })).json() as Record<string, unknown>;
		expect(description['x-limits']).toEqual(api);
		expect(JSON.stringify(description)).toContain('"Retry-After"');
	});
});
