/** What HTTP and WebSocket APIs of one account have together: the throttle, the meters, the access log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LimitExceededException, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../local/faults/random.ts';
import { countAccessLog } from '../../support/access-log.ts';
import { start } from '../websocket-api/served.ts';

const kilobyte = 1024;

describe('the throttle', () => {
	it('[aws-A17a] is one bucket for HTTP requests and posts', async () => {
		const ms = Date.parse('2030-01-01T00:00:00Z');
		const { gateway, httpBase, management } = await start({}, undefined, { now: () => new Date(ms) });
		const api = httpBase.split('/').at(-1) ?? '';
		const request = { method: 'GET', target: '/x', headers: [], body: Buffer.alloc(0), sourceIp: '127.0.0.1' };
		const get = () => gateway.handle(api, request, () => ({ problem: 'MissingAuthenticationToken', message: '' }));
		const post = () => management.send(new PostToConnectionCommand({ ConnectionId: 'nobody=', Data: 'x' })).catch((error: unknown) => error);
		for (let one = 0; one < 4_999; one++) expect((await get()).status).toBe(200);
		expect(await post()).toMatchObject({ name: 'GoneException' });
		expect((await get()).status).toBe(429);
		expect(await post()).toBeInstanceOf(LimitExceededException);
	});
});

describe('the meters', () => {
	it('[aws-A18f] say what a count of the access log says, to the message', async () => {
		const { open, management, contexts, world, gateway, httpBase } = await start({ hello: () => Promise.reject(new Error('broken')) });
		const draw = createRandom(1, 'sizes');
		const clients = await Promise.all([open(), open(), open()]);
		const ids = contexts('connect').map(({ connectionId }) => String(connectionId));
		for (let round = 0; round < 60; round++) {
			const client = clients[round % 3];
			const text = 'x'.repeat(Math.floor(draw.between(0, 100 * kilobyte)));
			if (round % 4 === 0) client?.socket.send('{"action":"ping"}');
			else if (round % 4 === 1) client?.socket.send('{"action":"hello"}');
			else if (round % 4 === 2)
				for (let at = 0; at <= text.length; at += 32 * kilobyte)
					client?.socket.send(text.slice(at, at + 32 * kilobyte), { fin: at + 32 * kilobyte > text.length });
			else await management.send(new PostToConnectionCommand({ ConnectionId: ids[round % 3], Data: text }));
			if (round % 5 === 0)
				await (await fetch(`${httpBase}/x`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: text.repeat(8) })).text();
		}
		await management.send(new PostToConnectionCommand({ ConnectionId: 'nobody=', Data: 'x' })).catch(() => {});
		for (const { socket, next } of clients) {
			for (let answer = 0; answer < 5; answer++) await next();
			socket.send('{"action":"ping"}');
		}
		clients[0]?.socket.send('x'.repeat(32 * kilobyte + 1));
		await expect.poll(() => contexts('disconnect').length).toBe(1);
		await gateway.stop?.();
		const readings = world.meters.read(Date.now());

		const file = join(world.folder('logs'), 'gateway-access.log');
		const { exact, connectionMinutes } = countAccessLog(file);
		expect(exact['messages in'] + exact['messages out']).toBeGreaterThan(80);
		expect(readings).toMatchObject(exact);
		expect(readings['connection minutes']).toBeCloseTo(connectionMinutes, 3);
		expect(readFileSync(file, 'utf8')).not.toContain('xxxx');
	});
});
