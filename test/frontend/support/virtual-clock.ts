/** Time that moves only when a test says so; what is due at the same instant runs in the order in which it was planned. */
import type { Clock } from '../../../frontend/src/stream/clock.ts';

export interface VirtualClock extends Clock {
	/** Runs everything that is due within the next `ms`, letting promises settle in between. */
	advance(ms: number): Promise<void>;
	/** The same without promises: for parts that have none. */
	run(ms: number): void;
}

export const createVirtualClock = (): VirtualClock => {
	let time = 0;
	let order = 0;
	let planned: { at: number; order: number; action: () => void }[] = [];
	const next = (until: number) => {
		const due = planned.filter((one) => one.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
		if (!due) return undefined;
		planned = planned.filter((one) => one !== due);
		time = Math.max(time, due.at);
		return due.action;
	};
	const settle = async () => {
		for (let turn = 0; turn < 10; turn++) await Promise.resolve();
	};
	return {
		now: () => time,
		after: (ms, action) => {
			const one = { at: time + Math.max(0, ms), order: order++, action };
			planned.push(one);
			return () => {
				planned = planned.filter((other) => other !== one);
			};
		},
		advance: async (ms) => {
			const until = time + ms;
			await settle();
			for (let action = next(until); action; action = next(until)) {
				action();
				await settle();
			}
			time = until;
		},
		run: (ms) => {
			const until = time + ms;
			for (let action = next(until); action; action = next(until)) action();
			time = until;
		},
	};
};
