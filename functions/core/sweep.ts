/** What comes every minute: looks at every session with something due. It is right with no events at all; with them it finds little to do. */
import type { DueSession, Leases, Log, Sessions } from '../ports.ts';
import type { Drive } from './drive.ts';
import { dueShards } from './keys.ts';
import type { Revocations } from './revocations.ts';

export interface SweepDeps {
	sessions: Pick<Sessions, 'due'>;
	leases: Leases;
	drive: Drive;
	revocations: Pick<Revocations, 'closeDue'>;
	now: () => Date;
	wait: (ms: number) => Promise<void>;
	/** names this run */
	holder: string;
	/** ms that a run may take */
	budget: number;
	log: Log;
}

export interface SweepReport {
	looked: number;
	failed: number;
}

/** sessions of one shard that are looked at together */
const together = 3;
/** ms that the lease outlives the budget: a look that is under way must end in it */
const grace = 4_000;
/** ms until connections that could not be closed are tried again */
const closeAgain = 5_000;
/** ms between two rounds of one run, at least */
const pause = 2_000;

/** Undefined: another run is at it. */
export const createSweep = (deps: SweepDeps) => async (): Promise<SweepReport | undefined> => {
	const begun = deps.now();
	const deadline = begun.getTime() + deps.budget;
	const until = new Date(deadline + grace).toISOString();
	if (!(await deps.leases.take('sweep', deps.holder, begun.toISOString(), until))) return undefined;

	const report: SweepReport = { looked: 0, failed: 0 };
	const left = () => deadline - deps.now().getTime();
	/** ms since 1970: the first of what will be due again */
	let soonest = Number.POSITIVE_INFINITY;

	const look = async ({ user, id }: DueSession): Promise<void> => {
		report.looked++;
		try {
			const record = await deps.drive(user, id);
			if (record?.dueAt !== undefined) soonest = Math.min(soonest, Date.parse(record.dueAt));
		} catch (error) {
			// The others are still looked at; this one is, in a minute.
			report.failed++;
			deps.log.error('look_failed', error, { session: id });
		}
	};

	const sweepShard = async (shard: number): Promise<void> => {
		const due = deps.sessions.due(shard, deps.now().toISOString())[Symbol.asyncIterator]();
		const worker = async (): Promise<void> => {
			while (left() > 0) {
				const next = await due.next();
				if (next.done) return;
				await look(next.value);
			}
		};
		const workers = await Promise.allSettled(Array.from({ length: together }, worker));
		for (const { reason } of workers.filter((one) => one.status === 'rejected')) {
			report.failed++;
			deps.log.error('shard_failed', reason, { shard });
		}
	};

	const closeEnded = async (): Promise<void> => {
		try {
			if ((await deps.revocations.closeDue(() => left() > 0)) > 0) soonest = Math.min(soonest, deps.now().getTime() + closeAgain);
		} catch (error) {
			report.failed++;
			deps.log.error('connections_failed', error);
		}
	};

	try {
		for (;;) {
			soonest = Number.POSITIVE_INFINITY;
			await Promise.all([closeEnded(), ...Array.from({ length: dueShards }, (_, shard) => sweepShard(shard))]);
			// What is in transition is looked at again before the next minute.
			const rest = Math.max(soonest - deps.now().getTime(), pause);
			if (rest >= left()) return report;
			await deps.wait(rest);
		}
	} finally {
		await deps.leases.release('sweep', deps.holder);
	}
};
