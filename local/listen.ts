import { once } from 'node:events';
import { connect, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';

/** Resolves when the server listens; throws what listening failed with. */
export const listen = async (server: Server, options: ListenOptions): Promise<void> => {
	server.listen({ ...options, exclusive: true });
	await once(server, 'listening');
};

export const isListening = (options: NetConnectOpts): Promise<boolean> =>
	new Promise((done) => {
		const socket = connect(options);
		socket.once('connect', () => {
			socket.destroy();
			done(true);
		});
		socket.once('error', () => done(false));
	});
