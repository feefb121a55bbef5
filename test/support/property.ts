/** Property tests. What fails prints its seed and path; such a one is kept as a test of its own. */
import * as fc from 'fast-check';

type Arbitraries<T extends unknown[]> = { [K in keyof T]: fc.Arbitrary<T[K]> };

/** `body` must hold, that is not throw, for all values. */
export const holds = <T extends unknown[]>(values: readonly [...Arbitraries<T>], body: (...values: T) => void, numRuns = 100): void => {
	const property = fc.property(fc.tuple<T>(...values), (tuple) => {
		body(...tuple);
	});
	void fc.assert(property, { numRuns });
};

export const holdsAsync = <T extends unknown[]>(
	values: readonly [...Arbitraries<T>],
	body: (...values: T) => Promise<void>,
	numRuns = 50,
): Promise<void> =>
	fc.assert(
		fc.asyncProperty(fc.tuple<T>(...values), (tuple) => body(...tuple)),
		{ numRuns },
	);
