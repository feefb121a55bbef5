/**
 * What the control plane and the two ends say to each other on a WebSocket beside the terminal's records: rare, so it is JSON.
 * Ends -> control plane: JSON with an `action`, by which API Gateway picks the route (`ping` is answered by the gateway itself).
 * Control plane -> ends: the letter `c`, then JSON.
 */
import * as z from 'zod/mini';
import { Idle } from './activity.ts';
import { type ErrorCode, errorCodes } from './errors.ts';
import { versionList } from './hello.ts';
import { patterns } from './ids.ts';

const senderName = z.string().check(z.regex(patterns.sender));
const generation = z.int().check(z.gte(1));

/** Answered by the gateway's MOCK route; it only keeps the connection from being idle. */
export const ping = '{"action":"ping"}';
export const pong = '{"pong":true}';

/** A peer that can be reached now, and the tag that each frame to it carries. */
const Peer = z.object({
	/** the name under which its frames will come */
	sender: senderName,
	tag: z.string().check(z.maxLength(400)),
	/** ms from now; ends compare no clocks with the control plane */
	expiresInMs: z.int(),
	versions: versionList,
});
export type Peer = z.infer<typeof Peer>;

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

export const ControlMessage = z.discriminatedUnion('type', [
	/** answer to hello: who we are, and every peer there is (a viewer has at most one: the agent) */
	z.object({
		type: z.literal('welcome'),
		sender: senderName,
		session: z.string().check(z.regex(patterns.session)),
		generation,
		peers: z.array(Peer),
	}),
	/** a peer came, came back or got a new tag */
	z.object({ type: z.literal('peer'), generation, peer: Peer }),
	/** a peer's connection is gone; it may come back under another name */
	z.object({ type: z.literal('gone'), sender: senderName }),
	/** there is no peer, and there will be none for so long: it was cut off, and why */
	z.object({ type: z.literal('away'), code: z.enum(codes), message: z.string(), retryAfterMs: z.int().check(z.gte(0)) }),
	/** to an agent: why its session runs, and when it would stop; `now` on the clock that its times are told by */
	z.object({ type: z.literal('idle'), idle: Idle, now: z.iso.datetime() }),
	/** to an agent: does anything go on? Its session is to be stopped; the answer is an `activity` with this nonce */
	z.object({ type: z.literal('asked'), nonce: z.string() }),
	/** it makes no sense to go on, and to come back by itself only when that is said */
	z.object({ type: z.literal('fatal'), code: z.enum(codes), message: z.string(), retryAfterMs: z.optional(z.int().check(z.gte(0))) }),
]);
export type ControlMessage = z.infer<typeof ControlMessage>;

export const decodeControl = (text: string): ControlMessage | undefined => {
	if (text[0] !== 'c') return undefined;
	try {
		return ControlMessage.parse(JSON.parse(text.slice(1)));
	} catch {
		return undefined;
	}
};
