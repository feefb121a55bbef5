import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createKeySource } from '../../../local/http-api/keys.ts';

const server = createServer();
let issuer: string;
/** answers that nobody gets before the test says so */
let waiting: (() => void)[] = [];
let slow = false;

beforeEach(async () => {
	const answer = (path: string, response: ServerResponse): void => {
		response.end(JSON.stringify(path.endsWith('jwks.json') ? { keys: [] } : { jwks_uri: `${issuer}/jwks.json` }));
	};
	server.removeAllListeners('request');
	server.on('request', (request, response) => {
		if (slow) waiting.push(() => answer(request.url ?? '', response));
		else answer(request.url ?? '', response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await once(server, 'close');
	waiting = [];
	slow = false;
});

it('[aws-F1c] waits 1.5 s for each document of the issuer, and then goes by the keys that it has', async () => {
	const lines: string[] = [];
	const asked: { ms: number; give: AbortController }[] = [];
	const timeout = (ms: number): AbortSignal => {
		const give = new AbortController();
		asked.push({ ms, give });
		return give.signal;
	};
	let now = 0;
	const source = createKeySource(
		() => now,
		(line) => lines.push(line),
		timeout,
	);
	const first = await source.keys(issuer);
	expect(asked.map(({ ms }) => ms)).toEqual([1_500, 1_500]);

	slow = true;
	now += 600_000;
	const again = source.keys(issuer);
	await once(server, 'request');
	asked[2]?.give.abort(new Error('too late'));
	expect(await again).toBe(first);
	expect(lines[0]).toContain('gives no keys: Error: too late');

	// one that never gave any
	const other = source.keys(`${issuer}/other`);
	await once(server, 'request');
	asked[3]?.give.abort(new Error('too late'));
	expect((await other).size).toBe(0);
});
