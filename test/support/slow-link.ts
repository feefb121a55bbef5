/** A link that is slow and far, or not there for a while: a TCP proxy, both directions apart. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createLane, type Speed } from './lane.ts';

export interface SlowLink {
	port: number;
	/** that have arrived, in both directions together */
	readonly bytes: number;
	/** undefined: as fast as the machine is */
	setSpeed(speed: Speed | undefined): void;
	/** `silent`: packets are lost, and nobody is told; `cut`: connections are reset, and new ones refused */
	drop(how: 'silent' | 'cut'): void;
	restore(): void;
	close(): void;
}

/** @param target port on this machine */
export const startSlowLink = async (target: number, speed?: Speed): Promise<SlowLink> => {
	const lanes = { up: createLane(speed), down: createLane(speed) };
	const sockets = new Set<Socket>();
	let refusing = false;

	const join = (client: Socket): void => {
		const server = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
		sockets.add(server);
		server.once('close', () => {
			sockets.delete(server);
			client.destroy();
		});
		client.once('close', () => server.destroy());
		lanes.up.carry(client, server);
		lanes.down.carry(server, client);
		client.resume();
	};
	const listener = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (client) => {
		if (refusing) return void client.resetAndDestroy();
		sockets.add(client);
		client.once('close', () => sockets.delete(client));
		client.on('error', () => {});
		// A handshake goes there and back before the first byte may go.
		const opened = setTimeout(() => join(client), 2 * (lanes.up.speed?.delayMs ?? 0));
		client.once('close', () => clearTimeout(opened));
	});
	await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));

	return {
		port: (listener.address() as AddressInfo).port,
		get bytes() {
			return lanes.up.bytes + lanes.down.bytes;
		},
		setSpeed: (next) => {
			lanes.up.speed = next;
			lanes.down.speed = next;
		},
		drop: (how) => {
			if (how === 'silent') {
				lanes.up.hold();
				lanes.down.hold();
				return;
			}
			refusing = true;
			for (const socket of [...sockets]) socket.resetAndDestroy();
		},
		restore: () => {
			refusing = false;
			lanes.up.goOn();
			lanes.down.goOn();
		},
		close: () => {
			listener.close();
			for (const socket of [...sockets]) socket.destroy();
		},
	};
};
