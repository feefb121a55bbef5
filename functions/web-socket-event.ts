/** What the functions read of an event of the WebSocket API. */
export interface WebSocketEvent {
	requestContext: {
		connectionId: string;
		identity?: { userAgent?: string | null };
		/** what the authorizer said at `$connect`; on every later event too */
		authorizer?: Readonly<Record<string, unknown>> | null;
	};
	body?: string;
}
