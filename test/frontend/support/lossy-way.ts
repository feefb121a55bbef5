/** A way for messages that loses, doubles, delays and so reorders them. */
import type { Clock } from '../../../frontend/src/stream/clock.ts';

export interface Faults {
	/** probabilities */
	loss: number;
	double: number;
	/** ms; each message takes a time of its own up to this */
	delay: number;
}

export const noFaults: Faults = { loss: 0, double: 0, delay: 0 };

/** `deliver` is asked for anew at each arrival: the end may have changed meanwhile. */
export const createLossyWay = (options: { clock: Clock; random: () => number; faults: Faults; deliver: (message: string) => void }) => {
	let { faults } = options;
	const travel = (message: string) => options.clock.after(1 + options.random() * faults.delay, () => options.deliver(message));
	return {
		send: (message: string) => {
			if (options.random() >= faults.loss) travel(message);
			if (options.random() < faults.double) travel(message);
		},
		set faults(next: Faults) {
			faults = next;
		},
	};
};
