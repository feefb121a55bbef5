/** The relay: one frame in, one post out. It owns routing and permission, and nothing else: no state, no order, no delivery. */
import type { ControlMessage } from '@shellpod/protocol/control.ts';
import { decodeToRelay, encodeFromRelay } from '@shellpod/protocol/frame.ts';
import type { ConnectionId, SenderId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import type { Gateway, KeyRing } from '../relay-ports.ts';
import type { Caller } from './callers.ts';
import type { Meter } from './meter.ts';
import type { RelayKeys } from './relay-keys.ts';
import { checkTag, type ParsedTag, parseTag } from './tags.ts';

/** A frame as it came, before its tag is believed. */
interface Frame {
	tag: ParsedTag;
	payload: string;
}

/** Undefined for what is no frame, or too large: it is dropped, and a failing end learns nothing from it. */
const readFrame = (body: string | undefined): Frame | undefined => {
	if (body === undefined || Buffer.byteLength(body) > relay.maxMessageBytes) return undefined;
	const frame = decodeToRelay(body);
	const tag = frame && parseTag(frame.tag);
	return tag && { tag, payload: frame.payload };
};

export type Routing =
	| { to: ConnectionId; text: string }
	/** tell the sender that its peer is gone under this name: it says hello and gets a tag that is good */
	| { gone: SenderId };

export const route = (ring: KeyRing | undefined, from: ConnectionId, caller: Caller, frame: Frame, now: Date): Routing =>
	checkTag(ring, from, caller, frame.tag, now) === 'good'
		? { to: frame.tag.peer.connection, text: encodeFromRelay(caller.sender, caller.generation, frame.payload) }
		: { gone: frame.tag.peer.sender };

// The codec's own encoder would bring its schemas along; the relay's bundle is on the path of every key.
const encodeGone = (sender: SenderId): string => `c${JSON.stringify({ type: 'gone', sender } satisfies ControlMessage)}`;

/** What became of a message. `dropped`: it was no frame. `refused`: its tag was not good. The others are what the gateway said of the post. */
export type Outcome = 'dropped' | 'refused' | 'sent' | 'gone' | 'busy' | 'failed';

export const createRelay = (deps: { keys: RelayKeys; gateway: Gateway; meter: Meter; now: () => Date }) => {
	const relayed = async (from: ConnectionId, caller: Caller, frame: Frame): Promise<{ outcome: Outcome; peer?: ConnectionId }> => {
		const routing = route(await deps.keys.knowing(frame.tag.kid), from, caller, frame, deps.now());
		if ('gone' in routing) {
			await deps.gateway.post(from, encodeGone(routing.gone));
			return { outcome: 'refused' };
		}
		const outcome = await deps.gateway.post(routing.to, routing.text);
		if (outcome !== 'gone') return { outcome, peer: routing.to };
		await deps.gateway.post(from, encodeGone(frame.tag.peer.sender));
		return { outcome };
	};

	return async (from: ConnectionId, caller: Caller, body: string | undefined): Promise<Outcome> => {
		const frame = readFrame(body);
		const { outcome, peer } = frame ? await relayed(from, caller, frame) : { outcome: 'dropped' as const, peer: undefined };
		await deps.meter(from, caller, { peer, body });
		return outcome;
	};
};
