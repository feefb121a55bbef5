/**
 * The way between a page and an agent, as bad as API Gateway and a phone's network together: no order, no delivery, no memory, little room, and
 * cuts. What happens when is counted in messages, not in time, so that a slow machine sees the same faults as a quick one.
 */
import type { Clock } from '@shellpod/task-image/agent/clock.ts';

export interface Weather {
	/** probabilities */
	loss: number;
	double: number;
	/** ms; each message takes a time of its own up to this, so they overtake one another */
	delay: number;
	/** bytes a second that the way carries, in order of sending; undefined: any number */
	room?: number;
}

export const calm: Weather = { loss: 0, double: 0, delay: 0 };

/** A cut, as the page comes to know of it. */
export interface Cut {
	/** messages that are carried before it */
	after: number;
	/** ms until the page is back, under another name */
	ms: number;
	/** The page isn't told: what is sent is lost for a while, and then it isn't any more. */
	silent: boolean;
}

/** Back and forth over one connection at a time. `toPage` and `toAgent` deliver; what comes over a connection that was left doesn't reach the page any more. */
export const createLink = (deps: {
	clock: Clock;
	random: () => number;
	toAgent: (connection: number, payload: string) => void;
	toPage: (payload: string) => void;
	/** The page hears that it is cut off, or back. */
	cut: () => void;
	back: () => void;
}) => {
	const { clock, random } = deps;
	const tally = { messages: 0, bytes: 0, lost: 0, doubled: 0, cuts: 0 };
	const busyUntil = { page: 0, agent: 0 };
	let weather: Weather = calm;
	let connection = 0;
	let whole = true;
	let cuts: Cut[] = [];
	let returning: (() => void) | undefined;
	let closed = false;

	const mend = (silent: boolean): void => {
		returning = undefined;
		whole = true;
		if (silent) return;
		connection += 1;
		deps.back();
	};

	const sever = ({ ms, silent }: Cut): void => {
		if (!whole) return;
		whole = false;
		tally.cuts += 1;
		if (!silent) deps.cut();
		returning = clock.after(ms, () => mend(silent));
	};

	const count = (): void => {
		tally.messages += 1;
		const [next, ...later] = cuts;
		if (!next || next.after > 0) {
			if (next) next.after -= 1;
			return;
		}
		cuts = later;
		// Not in the midst of what is being sent.
		clock.soon(() => !closed && sever(next));
	};

	const carry = (end: 'page' | 'agent', payload: string): void => {
		const over = connection;
		count();
		tally.bytes += payload.length;
		const copies = random() < weather.loss ? 0 : random() < weather.double ? 2 : 1;
		if (copies === 0) tally.lost += 1;
		if (copies === 2) tally.doubled += 1;
		for (let copy = 0; copy < copies; copy++) {
			const arrive = (): void => {
				// A page hears nothing of a connection that it has left; an agent may hear late words of it.
				if (closed || !whole || (end === 'page' && over !== connection)) return;
				if (end === 'page') deps.toPage(payload);
				else deps.toAgent(over, payload);
			};
			const { room } = weather;
			if (room !== undefined) busyUntil[end] = Math.max(busyUntil[end], clock.now()) + (payload.length / room) * 1_000;
			const wait = Math.max(0, busyUntil[end] - clock.now()) + random() * weather.delay;
			if (wait > 0) clock.after(wait, arrive);
			else clock.soon(arrive);
		}
	};

	return {
		tally,
		get connection() {
			return connection;
		},
		sendToPage: (to: number, payload: string): boolean => {
			if (!whole || to !== connection) return false;
			carry('page', payload);
			return true;
		},
		sendToAgent: (payload: string): boolean => {
			if (!whole) return false;
			carry('agent', payload);
			return true;
		},
		/** From now on, until the next word. */
		be(next: Weather, planned: readonly Cut[]): void {
			weather = next;
			cuts = planned.map((cut) => ({ ...cut }));
		},
		/** Cuts now, once more than planned. */
		cutNow: (ms: number): void => sever({ after: 0, ms, silent: false }),
		/** As good as it gets: what was cut is back at once. */
		heal(): void {
			weather = calm;
			cuts = [];
			if (!returning) return;
			returning();
			connection += 1;
			returning = undefined;
			whole = true;
			deps.back();
		},
		close: (): void => {
			closed = true;
			returning?.();
		},
	};
};
export type Link = ReturnType<typeof createLink>;
