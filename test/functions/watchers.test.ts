/** A page that watches, through the functions of the WebSocket API as they are deployed. Rule 18 of functions/core/SPEC.md. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { signOut, toClose, watchersOf } from '@shellpod/functions/core/access.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSignIn, testUser } from '../support/sockets.ts';
import { type DeployedWebSocketApi, socketOrigin, startWebSocketApi } from '../support/web-socket-api.ts';

let api: DeployedWebSocketApi;
beforeAll(async () => {
	api = await startWebSocketApi();
});
afterAll(() => api.stop());

const access = () => createAccessRecords(api.server.items);
const watchers = async () => watchersOf(await access().get(testUser)).map(([id]) => id);
const protocolsFor = async () => (await api.tickets.issue({ role: 'watcher', user: testUser, origin: socketOrigin, signIn: testSignIn })).protocols;
const open = async (protocols: string[], origin = socketOrigin) =>
	api.open({ headers: { 'Sec-WebSocket-Protocol': protocols.join(', '), Origin: origin } });
const come = async () => (await open(await protocolsFor())) ?? expect.fail('refused');

describe('a watcher', () => {
	it('[18] comes in once by its ticket, from the page only, and is forgotten when it leaves', async () => {
		const protocols = await protocolsFor();
		const end = (await open(protocols)) ?? expect.fail('refused');
		expect(await watchers()).toEqual([end.id]);
		expect(await open(protocols)).toBeUndefined();
		expect(await open(await protocolsFor(), 'https://evil.example')).toBeUndefined();
		await api.send(end, '$disconnect');
		expect(await watchers()).toEqual([]);
	});

	it('[18] is closed when it says anything, on whatever route', async () => {
		for (const [route, body] of [
			['hello', encodeHello([1])],
			['$default', 'anything'],
		] as const) {
			const end = await come();
			api.calls();
			await api.send(end, route, body);
			expect(api.calls()).toEqual([`DELETE ${end.id}`]);
			await api.send(end, '$disconnect');
		}
	});

	it('[security 8] is closed with its sign-in, and does not come in after it', async () => {
		const [end, protocols] = [await come(), await protocolsFor()];
		const at = new Date().toISOString();
		const record = await changeAccess(access(), testUser, (one) => signOut(one, testSignIn, new Date(Date.now() + 3_600_000).toISOString(), at));
		expect(toClose(record).map(([id]) => id)).toEqual([end.id]);
		expect(await open(protocols)).toBeUndefined();
	});
});
