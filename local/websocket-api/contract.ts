/** What the machine of a WebSocket API is told, and what it answers. */
import type { Bucket } from '../api-gateway/throttle.ts';
import type { Faults } from '../faults/faults.ts';
import type { Outcome } from '../lambda/machine.ts';
import type { WireRequest } from '../wire.ts';
import type { Selection } from './selection.ts';

/** What is charged for. */
export interface SocketMeter {
	message(direction: 'in' | 'out', bytes: number): void;
	opened(connection: string, now: number): void;
	closed(connection: string, now: number): void;
}

/** What a route does with a message. */
export type RouteTarget =
	| { kind: 'function'; arn: string; timeoutMs: number; answers: boolean; bucket?: Bucket | undefined }
	| { kind: 'mock'; answer: string | undefined; bucket?: Bucket | undefined };

export interface SocketApi {
	id: string;
	stage: string;
	domainName: string;
	region: string;
	account: string;
	selection: Selection;
	/** by key, `$connect`, `$disconnect` and `$default` among them */
	routes: ReadonlyMap<string, RouteTarget>;
	/** ARN of the authorizer of `$connect`, and the headers and query fields without which it isn't asked */
	authorizer?: { arn: string; identity: readonly { in: 'header' | 'querystring'; name: string }[] };
	/** messages and posts of the account, connections of the account */
	throttles: { account: Bucket; connect: Bucket };
	/** names requests */
	uuid: () => string;
	maxFrameBytes: number;
	maxMessageBytes: number;
	idleMs: number;
	maxConnectionMs: number;
	/** what goes wrong; without, nothing does */
	faults?: Faults;
	meter?: SocketMeter;
}

export type Effect =
	| { type: 'invoke'; token: string; arn: string; event: unknown }
	/** finish the handshake; with this subprotocol, or none */
	| { type: 'accept'; connection: string; protocol: string | undefined }
	| { type: 'refuse'; connection: string; status: number; body: string }
	| { type: 'send'; connection: string; text: string }
	/** 1006: the socket is destroyed, nothing is said */
	| { type: 'close'; connection: string; code: number; reason: string }
	/** a `woken` with this token is wanted in so many ms */
	| { type: 'wake'; token: string; ms: number };

export type Input =
	| { type: 'upgrade'; connection: string; request: WireRequest }
	| { type: 'answered'; token: string; outcome: Outcome }
	| { type: 'message'; connection: string; text: string }
	| { type: 'binary'; connection: string }
	| { type: 'frame'; connection: string; bytes: number }
	/** the socket is gone, whoever closed it */
	| { type: 'closed'; connection: string; code: number; reason: string }
	| { type: 'woken'; token: string }
	| { type: 'tick' };

/** Answer to a call of @connections; `name` is the error's name in the SDK. */
export type ManagementAnswer = { status: 200; body?: unknown } | { status: 204 } | { status: 403 | 410 | 413 | 429; name: string; message: string };

export interface Managed {
	answer: ManagementAnswer;
	effects: Effect[];
	/** ms until the caller gets the answer */
	afterMs: number;
}
