/** Pages that flood. What they sent is said to be much already, so that the next message that is sampled cuts them off. */
import { once } from 'node:events';
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createMeters } from '@shellpod/functions/adapters/meters.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { type ConnectionId, sessionId } from '@shellpod/protocol/ids.ts';
import { flood } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { WebSocket } from 'ws';
import { type Cast, until } from './cast.ts';

/** messages between two looks whether it was cut off */
const atOnce = 5;

/** One by frames, one by hellos and one by words of activity, at a session that only starts: nobody is there for them yet. */
export const floodTheGateway = async ({ user, stack, operator, owner }: Cast): Promise<void> => {
	const session = sessionId((await user.createSession('floods')).id);
	const access = createAccessRecords(operator.items);
	const meters = createMeters(operator.items);
	const connectionsOf = async () =>
		Object.entries((await access.get(owner)).sockets).flatMap(([id, socket]) => (socket.session === session ? [id as ConnectionId] : []));

	const open = async () => {
		const { url, protocols } = await user.ticket(session);
		const socket = new WebSocket(url, protocols, { headers: { cookie: user.cookie(), origin: stack.origin } });
		await once(socket, 'open');
		return socket;
	};
	const [frames, hellos, words] = [await open(), await open(), await open()];
	const window = Math.floor(Date.now() / flood.windowMs);
	for (const id of await connectionsOf())
		for (const minute of [window, window + 1]) await meters.add(session, `VIEWER#${id}`, minute, { messages: flood.messages, bytes: 0 });

	const floodWith = (socket: WebSocket, message: string, what: string) =>
		until(`a page is cut off that floods ${what}`, async () => {
			for (let sent = 0; sent < atOnce && socket.readyState === WebSocket.OPEN; sent++) socket.send(message);
			return socket.readyState === WebSocket.CLOSED;
		});
	await floodWith(hellos, encodeHello(versions), 'hellos');
	await floodWith(words, JSON.stringify({ action: 'activity', inputMs: null, doing: [] }), 'words of activity');
	await floodWith(frames, 'no frame', 'frames');
	await user.api('DELETE', `/api/sessions/${session}`);
};
