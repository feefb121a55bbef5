import type { Clock } from '@shellpod/task-image/agent/clock.ts';

/** A clock that runs `factor` times as fast as the real one: real programs, short waits. */
export const fasterClock = (factor: number): Clock => ({
	now: () => performance.now() * factor,
	wall: () => Date.now(),
	after: (ms, run) => {
		const timer = setTimeout(run, ms / factor);
		return () => clearTimeout(timer);
	},
	soon: (run) => {
		const immediate = setImmediate(run);
		return () => clearImmediate(immediate);
	},
});

/** A clock that stands still until it is told to go on. */
export const manualClock = () => {
	let now = 1_000_000;
	let nextId = 0;
	const timers = new Map<number, { at: number; run: () => void }>();
	const after = (ms: number, run: () => void): (() => void) => {
		const id = nextId++;
		timers.set(id, { at: now + ms, run });
		return () => void timers.delete(id);
	};
	return {
		now: () => now,
		wall: () => now,
		after,
		soon: (run: () => void) => after(0, run),
		/** Goes on by `ms`, timer by timer in their order, with the promises that each settles. */
		async advance(ms: number): Promise<void> {
			const end = now + ms;
			for (;;) {
				await settled();
				const next = [...timers].filter(([, { at }]) => at <= end).sort(([a, { at: x }], [b, { at: y }]) => x - y || a - b)[0];
				if (!next) break;
				const [id, { at, run }] = next;
				timers.delete(id);
				now = Math.max(now, at);
				run();
			}
			now = end;
		},
	};
};
export type ManualClock = ReturnType<typeof manualClock>;

/** Lets everything happen that only waits for promises. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
