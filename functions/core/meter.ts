/**
 * Finds who floods, by sampling: API Gateway has no limit per connection, and one end at 5,000 messages/s would cost $41 an hour and the
 * others their share.
 *
 * One call in 64 adds 64 messages and 64 times its bytes to a counter of this sender and this minute; who is over the limit there is cut off.
 * The 63 others cost a random number. What is counted as one sender: a viewer's connection; all connections of a session's agent together, for
 * each viewer that they reach and for all that reaches nobody (no good tag, nobody there any more), so that an agent may send as much
 * more as it has viewers, and gets nothing by opening more connections. A page that comes anew is counted anew; so all that a user's ends send is
 * counted in one place besides, with a limit of its own.
 *
 * How sure it is. An end keeps a pace of its own (protocol/pace.ts): at most 1,800 + 60 s x 20/s = 3,000 messages in any minute to one peer.
 * Of them binomial(3,000, 1/64) are sampled, 47 on average; the cut is at the 100th. The chance of it is 7e-12 in such a minute, which an end has
 * at most once in 90 s of greatest haste, and 1e-40 in the minutes after it, at 1,200 messages. By bytes, the largest chunks come to 31 MB of
 * 120 MB: 1e-20. The ends of a user at the same haste, eight pages and an agent for each, send 48,000: 1.5e-11 for the 938th sample. A flood of r messages/s reaches its 100th sample after 6,400 / r s, give or take a tenth: 5,000/s after 1.3 s (1.6 s at p99; 2.0 s
 * when it begins at any moment, since a count ends with its minute). 107/s on average is what is cut within minutes; 80/s takes hours.
 */
import type { ControlMessage } from '@shellpod/protocol/control.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { flood } from '@shellpod/protocol/limits.ts';
import type { Log } from '../ports.ts';
import type { Cuts, Gateway, Meters, Seen } from '../relay-ports.ts';
import type { Caller } from './callers.ts';
import { together } from './together.ts';

/** one call in so many is counted */
export const sampling = 64;

export interface MeterDeps {
	meters: Meters;
	cuts: Pick<Cuts, 'make'>;
	gateway: Gateway;
	/** in [0, 1) */
	random: () => number;
	now: () => Date;
	log: Pick<Log, 'warn' | 'error'>;
}

/** What was sent, and to whom it got; `peer` is absent when it reached nobody. */
export interface Sending {
	peer?: ConnectionId | undefined;
	body: string | undefined;
	/** that it counts for */
	messages?: number;
}

/** Counts a message, perhaps. Never throws. */
export type Meter = (from: ConnectionId, caller: Caller, sending: Sending) => Promise<void>;

const words = {
	viewer: 'This page sent more than a terminal ever needs, and was cut off. The session goes on.',
	agent: 'This agent sent more than terminals ever need, and was cut off.',
} as const;

// The codec's own encoder would bring its schemas along; the relay's bundle is on the path of every key.
const encode = (message: ControlMessage): string => `c${JSON.stringify(message)}`;

const isOver = (sent: Seen, limit: Seen): boolean => sent.messages >= limit.messages || sent.bytes >= limit.bytes;

export const createMeter = ({ meters, cuts, gateway, random, now, log }: MeterDeps): Meter => {
	const cut = async (from: ConnectionId, { session, user, role, generation, sender }: Caller, peer: ConnectionId | undefined, sent: object) => {
		// First of all it can't come back.
		const until = now().getTime() + flood.awayMs;
		if (await cuts.make({ session, user, role }, until, now())) log.warn('flood_cut', { session, role, generation, ...sent });
		await gateway.post(from, encode({ type: 'fatal', code: 'flooding', message: words[role], retryAfterMs: flood.awayMs }));
		await gateway.close(from);
		// It says hello now, and learns why nobody is there.
		if (peer) await gateway.post(peer, encode({ type: 'gone', sender }));
	};

	return async (from, caller, { peer, body = '', messages = 1 }) => {
		if (random() * sampling >= 1) return;
		try {
			const at = now().getTime();
			const window = Math.floor(at / flood.windowMs);
			const of = caller.role === 'viewer' ? `VIEWER#${from}` : `AGENT#${peer ?? ''}`;
			const seen = { messages: sampling * messages, bytes: sampling * Buffer.byteLength(body) };
			const [own, all] = await together([meters.add(caller.session, of, window, seen), meters.add(caller.user, 'ALL', window, seen)]);
			const sent = isOver(own, flood) ? own : isOver(all, flood.ofUser) ? all : undefined;
			if (sent) await cut(from, caller, peer, { ...sent, seconds: (at % flood.windowMs) / 1_000 });
		} catch (error) {
			// A frame goes on its way though nobody could count it.
			log.error('meter_failed', error, { session: caller.session });
		}
	};
};
