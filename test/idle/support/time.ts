/** Time that passes only when the test says so, while real programs do what they do: between two timers it waits for the work that the one before began. */
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { settled } from '../../task-image/support/clocks.ts';

/** `off`: ms that the agent's own wall clock is wrong by */
export const createTime = (wallAt: () => number, passed: (ms: number) => void, off = 0) => {
	let now = 0;
	let nextId = 0;
	const timers = new Map<number, { at: number; run: () => void }>();
	const work = new Set<Promise<unknown>>();
	const after = (ms: number, run: () => void): (() => void) => {
		const id = nextId++;
		timers.set(id, { at: now + ms, run });
		return () => void timers.delete(id);
	};
	const calm = async (): Promise<void> => {
		for (let turns = 0; turns < 4; turns++) {
			if (work.size > 0) turns = 0;
			await Promise.allSettled([...work]);
			await settled();
		}
	};
	const goTo = (at: number): void => {
		if (at > now) passed(at - now);
		now = Math.max(now, at);
	};
	const clock: Clock = { now: () => now, wall: () => wallAt() + off, after, soon: (run) => after(0, run) };
	return {
		clock,
		now: () => now,
		/** Time stands still until this has ended. */
		during<T>(doing: Promise<T>): Promise<T> {
			work.add(doing);
			void doing.catch(() => undefined).finally(() => work.delete(doing));
			return doing;
		},
		calm,
		/** Goes on, timer by timer, until so many ms have passed or `until` holds after one of them. */
		async pass(ms: number, until: () => boolean = () => false): Promise<void> {
			const end = now + ms;
			for (;;) {
				await calm();
				if (until()) return;
				const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([a, { at: x }], [b, { at: y }]) => x - y || a - b);
				if (!next) break;
				const [id, { at, run }] = next;
				timers.delete(id);
				goTo(at);
				run();
			}
			goTo(end);
		},
	};
};
export type Time = ReturnType<typeof createTime>;
