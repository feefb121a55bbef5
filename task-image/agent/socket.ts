import { gateway, relay } from '@shellpod/protocol/limits.ts';
import { WebSocket } from 'ws';

export interface SocketEvents {
	open(): void;
	text(text: string): void;
	/** Once, also when it never opened. */
	close(code: number, reason: string): void;
}

export interface Socket {
	send(text: string): void;
	/** bytes that wait to be sent */
	readonly waiting: number;
	close(code: number): void;
	/** Ends it now, without a goodbye. */
	destroy(): void;
}

export type Dial = (url: string, protocols: readonly string[], events: SocketEvents) => Socket;

/** ms for TCP, TLS and the upgrade together */
const handshakeMs = 10_000;

export const dial: Dial = (url, protocols, events) => {
	// Without compression: it costs a factor of 40 in memory and time, and the gateway offers none.
	const socket = new WebSocket(url, [...protocols], {
		perMessageDeflate: false,
		handshakeTimeout: handshakeMs,
		maxPayload: gateway.maxMessageBytes,
		followRedirects: false,
	});
	let failure = '';
	socket.on('open', () => events.open());
	socket.on('message', (data, isBinary) => {
		if (!isBinary) events.text(data.toString());
	});
	socket.on('error', (error) => {
		failure = error.message;
	});
	socket.on('close', (code, reason) => events.close(code, failure || reason.toString()));
	return {
		send: (text) => socket.send(text),
		get waiting() {
			return socket.bufferedAmount;
		},
		close: (code) => socket.close(code),
		destroy: () => socket.terminate(),
	};
};

/** More than this in the socket's own queue means that the network takes nothing: what waits there would only get old. */
export const crowded = (socket: Socket): boolean => socket.waiting > 4 * relay.maxMessageBytes;
