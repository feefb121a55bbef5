import type { SenderId } from '@shellpod/protocol/ids.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';

/** What a network does to a message, by chance. Delays are ms of the test's clock. */
export interface Weather {
	loss: number;
	duplicate: number;
	/** each message takes a random time up to this: so they overtake each other */
	delay: number;
}

export const calm: Weather = { loss: 0, duplicate: 0, delay: 0 };

/** The same numbers for the same seed (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
};

/** Carries messages between one agent and its viewers as badly as it is told. */
export const createNetwork = (clock: Clock, random: () => number) => {
	const viewers = new Map<SenderId, (payload: string) => void>();
	let agent: (from: SenderId, payload: string) => void = () => undefined;
	const cut = new Set<SenderId>();
	const carried = { toAgent: 0, toViewers: 0, bytesToViewers: 0 };

	const carry = (weather: Weather, between: SenderId, deliver: () => void): void => {
		const copies = random() < weather.loss ? 0 : random() < weather.duplicate ? 2 : 1;
		for (let copy = 0; copy < copies; copy++) {
			const arrive = (): void => {
				if (!cut.has(between)) deliver();
			};
			if (weather.delay === 0) clock.soon(arrive);
			else clock.after(random() * weather.delay, arrive);
		}
	};

	const network = {
		weather: calm,
		carried,
		cut: (sender: SenderId): void => void cut.add(sender),
		mend: (sender: SenderId): void => void cut.delete(sender),
		connectAgent: (receive: typeof agent): void => {
			agent = receive;
		},
		connectViewer: (sender: SenderId, receive: (payload: string) => void): void => void viewers.set(sender, receive),
		toAgent: (from: SenderId, payload: string): void => {
			carried.toAgent++;
			carry(network.weather, from, () => agent(from, payload));
		},
		toViewer: (to: SenderId, payload: string): boolean => {
			if (cut.has(to)) return false;
			carried.toViewers++;
			carried.bytesToViewers += payload.length;
			carry(network.weather, to, () => viewers.get(to)?.(payload));
			return true;
		},
	};
	return network;
};
export type Network = ReturnType<typeof createNetwork>;
