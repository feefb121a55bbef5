/** What logs gave away, and how they were filled, as it was published. */
import { createLog } from '@shellpod/functions/adapters/log.ts';
import { entry } from '@shellpod/functions/entry.ts';
import { describe, expect, test } from 'vitest';

describe('a log', () => {
	test('[CVE-2025-66411] says nothing of the secrets of what failed', async () => {
		const lines: string[] = [];
		const log = createLog((line) => lines.push(line));
		const secret = 'k7Qp2zX9vB4mN8tR1wY6sD3f';
		const failing = [
			() => JSON.parse(`{"env":{"TOKEN":"${secret}"`),
			() => {
				throw Object.assign(new Error(`manifest with TOKEN=${secret}`), { manifest: { TOKEN: secret } });
			},
			() => {
				throw { TOKEN: secret };
			},
		];
		for (const fail of failing) {
			const thrown = await entry(log, async () => fail())().catch((error: unknown) => error);
			expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain(secret);
		}
		expect(lines).toHaveLength(failing.length);
		expect(lines.join('\n')).not.toContain(secret);
	});

	test('[CVE-2026-54338] is not filled by whoever sends something long, and has one line for each event', () => {
		const lines: string[] = [];
		const log = createLog((line) => lines.push(line));
		log.error('failed', new Error(`no user ${'x '.repeat(1_000_000)}`));
		log.error('failed', new Error('no user a\n{"level":"info","event":"forged"}'));
		expect(lines.map((line) => line.split('\n').length)).toEqual([1, 1]);
		for (const line of lines) expect(line.length).toBeLessThan(5_000);
	});
});
