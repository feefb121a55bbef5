/**
 * What API Gateway allows on a WebSocket, and what we make of it.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const gateway = {
	/** bytes in one WebSocket frame; one more closes the connection with 1009 */
	maxFrameBytes: 32 * 1024,
	/** bytes in one message of several frames; also the largest body of a post to a connection */
	maxMessageBytes: 128 * 1024,
	/** ms without a message in either direction, then the gateway closes with 1001 */
	idleMs: 10 * 60_000,
	/** ms from the upgrade, whatever is going on, then the gateway closes with 1001 */
	maxConnectionMs: 2 * 3_600_000,
} as const;

export const relay = {
	/** bytes of a whole message: below one metered unit of 32 KB, with room for the relay's own words */
	maxMessageBytes: 30 * 1024,
	/** bytes of a record's payload as it stands in the message: leaves room for the record's fields, another record's, and the tag */
	maxPayloadBytes: 28 * 1024,
	/** raw bytes of input in one record, and of output for a viewer that gets it as it is: base64 makes them fill the payload */
	maxChunkBytes: 21 * 1024,
	/** raw bytes above which output is worth deflating */
	minPackedBytes: 256,
	/** raw bytes of one record, however small they were on the way: what becomes more is no output of ours */
	maxUnpackedBytes: 256 * 1024,
	/** ms: a tag and so a route to a peer is good for this long; renewed by hello at half of it */
	tagMs: 10 * 60_000,
	/** ms between two pings to the gateway; well below its idle limit and CloudFront's */
	pingMs: 4 * 60_000,
	/** ms from a connection's welcome after which another takes over, and as much later at most by chance: each end has minutes left to try */
	handOverMs: 105 * 60_000,
	handOverSpreadMs: 10 * 60_000,
	/** ms after which an agent that has not said hello again is taken for silent */
	leaseMs: 150_000,
	/** ms between two hellos of an agent: two may be lost before its lease ends */
	renewMs: 60_000,
	/** bytes of output on their way to a page, as they stand in messages, at which the agent stops: 300 ms of what the way carries, within these bounds */
	minWindowBytes: 16 * 1024,
	windowBytes: 128 * 1024,
	/** and raw bytes: its terminal has to parse them */
	maxUnshownBytes: 512 * 1024,
	/** raw bytes of output that wait to be sent at which the agent stops reading a page's tmux client: what waits for longer is no news */
	maxPendingBytes: 42 * 1024,
	/** of them, so many are worth a new screen instead, when nobody wants to see them any more */
	maxUnwantedBytes: 8 * 1024,
	/** while a screen begins, which shall be one message */
	maxRedrawBytes: 256 * 1024,
	/** bytes of input that wait while the page is cut off */
	maxQueuedInputBytes: 64 * 1024,
	/** ms: a chunk that is not acknowledged by then is sent again */
	resendMs: 1_000,
	/** ms for which the page of one who only watches keeps an acknowledgement back, and of one who types */
	acknowledgeMs: 3_000,
	acknowledgeUsedMs: 500,
	/** ms after human input that count as use */
	useMs: 2_000,
	/** ms for which a page waits for what is missing before it asks: it may only have been overtaken */
	overtakenMs: 40,
} as const;

/** What one end may send to one peer; one that sends more is cut off. How that is found: functions/core/meter.ts. */
export const flood = {
	/** ms over which is counted */
	windowMs: 60_000,
	/** messages in that time: 107 a second */
	messages: 6_400,
	/** bytes in that time: 2 MB a second */
	bytes: 120 * 1024 * 1024,
	/** of all that the pages and agents of one user send: 1,000 messages a second, whatever comes and goes */
	ofUser: { messages: 60_000, bytes: 600 * 1024 * 1024 },
	/** ms in which one that was cut off gets no ticket */
	awayMs: 5 * 60_000,
} as const;

/** What an end allows itself (pace.ts): in any minute at most 3,000 messages, less than half a flood. */
export const pace = {
	/** messages at once: a fast way has its echoes as fast as somebody types for a minute */
	burst: 1_800,
	/** messages a second after that */
	perSecond: 20,
	/** each so many bytes in a message count as one more */
	tokenBytes: 8 * 1024,
} as const;

/** What the HTTP API takes from one user. Headers and address: at most 10,240 bytes, by the gateway itself. */
export const api = {
	/** bytes of a request's body: the largest is a name */
	maxBodyBytes: 4_096,
	/** requests a second, in the long run, per environment of the function; a page asks for at most two */
	perSecond: 20,
	/** requests at once: eight pages that come up together */
	burst: 60,
} as const;

/** What the routes for tasks take from one of them: an agent on a network that cuts it every second asks once a second. */
export const agentApi = { perSecond: 1, burst: 20 } as const;

/** The most that any limit of a user may be: what it counts stands in one item of the table, and must stay far below the 400 KB of one. */
export const mostOfALimit = 1_000;

/** days that a deleted session stays in the trash */
export const trashDays = 30;

/** ms that a ticket lives; it opens one connection and is gone */
export const ticketMs = 30_000;

/** What a task may say of its own failure. */
export const reports = {
	/** bytes of the request's body */
	maxBytes: 8 * 1024,
	/** UTF-16 units of its text */
	maxText: 4_000,
} as const;

/** Columns and rows that a terminal may have; outside of it a size is bad input. */
export const grid = { minColumns: 2, maxColumns: 500, minRows: 1, maxRows: 300 } as const;

export const names = {
	/** what a user may call a session */
	session: /^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$/,
	sessionHint: '1 to 40 letters, digits, spaces, dots, dashes or underscores, beginning and ending with a letter or digit',
} as const;

/** What a user may set for a month. */
export const budgets = {
	/** US dollars; and more than anybody spends by mistake */
	least: 0.01,
	most: 100_000,
	/** share of it at which its user is warned */
	near: 0.8,
} as const;
