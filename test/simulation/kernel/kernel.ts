/**
 * One virtual clock for everything that a simulation runs. Nothing happens but what is planned here, one thing at a time, each with all promises
 * that it settles; what happens at one instant, and in which order, a seed decides. The same seed gives the same trace, byte for byte.
 */
import { createRandom, type Random } from '../../../local/faults/random.ts';
import { createQueue, type Planned } from './queue.ts';
import { createTrace } from './trace.ts';

/** A promise that was broken, by the name that design and tests give it, or a run that could not go on. */
export class Violation extends Error {
	readonly rule: string;
	constructor(rule: string, message: string, options?: ErrorOptions) {
		super(`${rule}: ${message}`, options);
		this.name = 'Violation';
		this.rule = rule;
	}
}

export interface Kernel {
	readonly seed: number;
	/** ms since 1970, with fractions */
	now(): number;
	/** the same in whole ms */
	date(): Date;
	/** Runs `run` after `ms`; the answer takes it back. `what` stands in the trace. */
	after(ms: number, what: string, run: () => void): () => void;
	sleep(ms: number, what?: string): Promise<void>;
	/** Randomness of that name, the same object each time. */
	random(name: string): Random;
	note(line: string): void;
	/** Names a promise while it is pending: what a run that hangs waits for. */
	waiting<T>(what: string, promise: Promise<T>): Promise<T>;
	/** Called after every step. */
	check(look: () => void): void;
	/** Ends the run. The first that is told counts. */
	violated(rule: string, message: string, cause?: unknown): void;
	/** Runs until `story` is over. Throws the first Violation. */
	run(story: () => Promise<void>): Promise<void>;
	readonly steps: number;
	/** virtual ms that have passed */
	readonly passed: number;
	hash(): string;
	lastLines(): string[];
}

export interface KernelOptions {
	seed: number;
	/** what chance is made of where that isn't the seed */
	chance?: number;
	/** steps after which a run counts as one that never ends */
	maxSteps?: number;
	/** virtual ms likewise */
	maxMs?: number;
	/** gets every line of the trace */
	onLine?: (line: string) => void;
}

const beginning = Date.parse('2026-03-02T08:00:00.000Z');
const hour = 3_600_000;
/** of what waits, the longest first */
const mostTold = 20;

/** of what is planned in one turn of the process's loop: each turn asks the system what there is, and here there is nothing */
const inOneTurn = 64;

/**
 * Calls it again and again while it gives true. Everything that only waits for promises has happened before each call, however many of them wait for
 * each other: between two immediates of one turn all of it happens.
 */
const whileSettled = (goesOn: () => boolean): Promise<void> =>
	new Promise((done, failed) => {
		let over = false;
		const one = (): void => {
			try {
				if (over || goesOn()) return;
				done();
			} catch (error) {
				failed(error);
			}
			over = true;
		};
		const turn = (): void => {
			if (over) return;
			for (let count = 0; count < inOneTurn; count++) setImmediate(one);
			setImmediate(turn);
		};
		turn();
	});

export const createKernel = ({ seed, chance = seed, maxSteps = 2_000_000, maxMs = 6 * hour, onLine }: KernelOptions): Kernel => {
	const queue = createQueue();
	const trace = createTrace(onLine);
	const streams = new Map<string, Random>();
	const looks: (() => void)[] = [];
	const open = new Map<number, { what: string; since: number }>();
	let time = beginning;
	let order = 0;
	let steps = 0;
	let opened = 0;
	let failure: Violation | undefined;

	const random = (name: string): Random => {
		const known = streams.get(name);
		if (known) return known;
		const made = createRandom(chance, name);
		streams.set(name, made);
		return made;
	};
	const schedule = random('schedule');

	/** of this instant, as it stands in the trace */
	let stamp = { time: Number.NaN, text: '' };
	const note = (line: string): void => {
		if (stamp.time !== time) stamp = { time, text: (time - beginning).toFixed(3) };
		trace.add(`${stamp.text} ${line}`);
	};

	const violated = (rule: string, message: string, cause?: unknown): void => {
		if (failure) return;
		failure = new Violation(rule, message, { cause });
		note(`VIOLATED ${failure.message}`);
	};

	const after = (ms: number, what: string, run: () => void): (() => void) => {
		const planned: Planned = { at: time + Math.max(0, ms), tie: schedule.next(), order: order++, what, run, taken: false };
		queue.add(planned);
		return () => {
			planned.taken = true;
		};
	};

	const whatWaits = (): string =>
		[...open.values()]
			.slice(0, mostTold)
			.map(({ what, since }) => `${what} (for ${((time - since) / 1000).toFixed(1)} s)`)
			.join('; ') || 'nothing that has a name';

	const step = (next: Planned): void => {
		time = Math.max(time, next.at);
		steps += 1;
		note(next.what);
		try {
			next.run();
		} catch (error) {
			violated('threw', `${next.what}: ${error instanceof Error ? error.message : String(error)}`, error);
		}
	};

	return {
		seed,
		now: () => time,
		date: () => new Date(time),
		after,
		sleep: (ms, what = 'sleep') => new Promise((done) => void after(ms, what, done)),
		random,
		note,
		waiting: async (what, promise) => {
			const id = opened++;
			open.set(id, { what, since: time });
			try {
				return await promise;
			} finally {
				open.delete(id);
			}
		},
		check: (look) => void looks.push(look),
		violated,
		run: async (story) => {
			let over = false;
			const finished = story().then(
				() => {
					over = true;
				},
				(error: unknown) => {
					over = true;
					violated('threw', `the story: ${error instanceof Error ? error.message : String(error)}`, error);
				},
			);
			await whileSettled(() => {
				if (steps > 0) for (const look of looks) look();
				if (over || failure) return false;
				const next = queue.next();
				if (!next) violated('stalled', `nothing is planned any more, and these wait: ${whatWaits()}`);
				else if (steps >= maxSteps) violated('endless', `${steps} steps, and these wait: ${whatWaits()}`);
				else if (next.at - beginning > maxMs) violated('endless', `${maxMs / hour} h, and these wait: ${whatWaits()}`);
				else step(next);
				return true;
			});
			if (failure) throw failure;
			await finished;
		},
		get steps() {
			return steps;
		},
		get passed() {
			return time - beginning;
		},
		hash: trace.hash,
		lastLines: trace.last,
	};
};
