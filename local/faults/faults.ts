/**
 * Faults as inputs of the stand-ins' machines: each machine asks whether something goes wrong this time, and a seed answers.
 * Pure: the stand-ins and the simulation use the same. Every service has streams of its own, one per fault, so that a fault more, or a service
 * that asks once more, doesn't change what the others get.
 */
import type { ChanceName, CountName, DurationName } from './names.ts';
import { createRandom, type Random } from './random.ts';

export interface FaultSettings {
	/** by name, from 0 to 1 */
	readonly chances: Readonly<Partial<Record<ChanceName, number>>>;
	/** by name, ms from and to */
	readonly durations: Readonly<Partial<Record<DurationName, readonly [low: number, high: number]>>>;
	readonly counts: Readonly<Partial<Record<CountName, number>>>;
}

export interface Faults {
	/** Whether it happens this time. */
	happens(name: ChanceName): boolean;
	/** ms that it takes this time; undefined when it was not asked for. */
	ms(name: DurationName): number | undefined;
	/** How many; undefined when it was not asked for. */
	count(name: CountName): number | undefined;
	/** ms of a fault that happens, evenly in a range that belongs to it. */
	between(name: ChanceName, low: number, high: number): number;
	/** As `between`, but as often from 1 to 10 as from 10 to 100. */
	spread(name: ChanceName, low: number, high: number): number;
	/**
	 * One of the ways in which AWS may behave where that is only assumed: without faults the first, with them any, so that nothing leans on a guess.
	 * @param id of the behaviour, or of the fault that has several forms
	 */
	choose<T>(id: string, ways: readonly [T, ...T[]]): T;
}

export interface FaultPlan {
	/** what repeats the run */
	readonly seed: number;
	/** The faults of one service, or of one instance of it. */
	of(service: string): Faults;
}

/** All goes well, and every assumption holds. */
export const noFaults: Faults = {
	happens: () => false,
	ms: () => undefined,
	count: () => undefined,
	between: (_, low) => low,
	spread: (_, low) => low,
	choose: (_, [first]) => first,
};

const createFaults = (seed: number, service: string, { chances, durations, counts }: FaultSettings): Faults => {
	const streams = new Map<string, Random>();
	const stream = (name: string): Random => {
		const known = streams.get(name);
		if (known) return known;
		const made = createRandom(seed, `${service}/${name}`);
		streams.set(name, made);
		return made;
	};
	return {
		happens: (name) => {
			const chance = chances[name];
			return chance !== undefined && stream(name).next() < chance;
		},
		ms: (name) => {
			const range = durations[name];
			return range && stream(name).between(...range);
		},
		count: (name) => counts[name],
		between: (name, low, high) => stream(`${name}/ms`).between(low, high),
		spread: (name, low, high) => Math.exp(stream(`${name}/ms`).between(Math.log(low), Math.log(high))),
		choose: (id, ways) => ways[Math.floor(stream(`choice/${id}`).next() * ways.length)] ?? ways[0],
	};
};

export const createFaultPlan = (seed: number, settings: FaultSettings): FaultPlan => ({
	seed,
	of: (service) => createFaults(seed, service, settings),
});

/** No plan at all: what runs without `--faults`. */
export const noPlan: FaultPlan = { seed: 0, of: () => noFaults };
