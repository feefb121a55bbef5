/** Ports whose calls happen in an order that the seed chooses. */
import type * as fc from 'fast-check';

/** Each call of these ports waits for its turn, before it acts and before its answer is seen. */
export const inTurns = <T extends Record<string, unknown>>(scheduler: fc.Scheduler, ports: T, names: readonly (keyof T & string)[]): T => {
	const turned: Record<string, unknown> = { ...ports };
	for (const name of names) {
		const port = ports[name];
		if (typeof port !== 'function') throw new TypeError(`${name} is no port`);
		turned[name] = async (...args: unknown[]) => {
			await scheduler.schedule(Promise.resolve(), name);
			const answer = await port(...args);
			await scheduler.schedule(Promise.resolve(), `${name} answered`);
			return answer;
		};
	}
	return turned as T;
};
