/** One WebSocket, as the relay's end needs it; tests put their own in its place. */
export interface Wire {
	send(text: string): void;
	close(): void;
}

export interface WireEvents {
	open(): void;
	message(text: string): void;
	/** The wire is gone, or never came up. Comes once; nothing comes after it. */
	closed(code: number): void;
}

export type OpenWire = (url: string, protocols: string[], events: WireEvents) => Wire;

export const openWebSocket: OpenWire = (url, protocols, events) => {
	const socket = new WebSocket(url, protocols);
	socket.onopen = () => events.open();
	socket.onmessage = (event) => {
		if (typeof event.data === 'string') events.message(event.data);
	};
	socket.onclose = (event) => events.closed(event.code);
	return {
		send: (text) => {
			if (socket.readyState === WebSocket.OPEN) socket.send(text);
		},
		close: () => {
			// A browser may take long to see a dead connection close, and nobody wants to hear of it any more.
			socket.onopen = socket.onmessage = socket.onclose = null;
			socket.close(1000);
		},
	};
};
