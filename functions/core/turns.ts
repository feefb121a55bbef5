/** Whose turn it is, where a schedule may start two runs at a time. A turn is short and renewed by who has it, so that a run that was killed holds nobody up for long. */
import type { Leases, Log } from '../ports.ts';

/** ms that a turn lasts after it was taken or renewed */
const lasts = 12_000;
/** ms after which it is renewed, and between two tries of who waits for it */
const renewal = 4_000;

export interface TurnDeps {
	leases: Leases;
	now: () => Date;
	wait: (ms: number) => Promise<void>;
	/** names this run */
	holder: string;
	log: Log;
}

export interface Turn {
	/** Asked before each piece of work: whether the turn is still this run's. */
	keep(): Promise<boolean>;
	/** Waits, and keeps the turn meanwhile. False as soon as it is lost. */
	rest(ms: number): Promise<boolean>;
	end(): Promise<void>;
}

/** Waits until whoever has the turn must have renewed it. Undefined: another run is at it. */
export const takeTurn = async ({ leases, now, wait, holder, log }: TurnDeps, name: string): Promise<Turn | undefined> => {
	const time = () => now().getTime();
	let until = 0;
	const take = async (): Promise<boolean> => {
		const from = time();
		if (!(await leases.take(name, holder, new Date(from).toISOString(), new Date(from + lasts).toISOString()))) return false;
		until = from + lasts;
		return true;
	};

	const begun = time();
	while (!(await take())) {
		if (time() - begun > lasts) return undefined;
		await wait(renewal);
	}

	let lost = false;
	let renewing: Promise<boolean> | undefined;
	const renew = async (): Promise<boolean> => {
		try {
			lost = !(await take());
		} catch (error) {
			// What was taken lasts for a moment yet, and is asked for again before the next piece of work.
			log.error('turn_not_renewed', error, { name });
			lost = until <= time();
		}
		renewing = undefined;
		return !lost;
	};

	const keep = async (): Promise<boolean> => {
		if (lost) return false;
		if (time() < until - lasts + renewal) return true;
		renewing ??= renew();
		return renewing;
	};

	return {
		keep,
		async rest(ms) {
			const end = time() + ms;
			for (let left = ms; left > 0; left = end - time()) {
				await wait(Math.min(left, renewal));
				if (!(await keep())) return false;
			}
			return true;
		},
		end: () => leases.release(name, holder),
	};
};
