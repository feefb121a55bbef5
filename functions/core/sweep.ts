/** What comes every minute: looks at every session with something due. It is right with no events at all; with them it finds little to do. */
import type { DueSession, Sessions } from '../ports.ts';
import type { Drive } from './drive.ts';
import { dueShards } from './keys.ts';
import type { SeekOrphans } from './orphans.ts';
import type { Revocations } from './revocations.ts';
import { type TurnDeps, takeTurn } from './turns.ts';

export interface SweepDeps extends TurnDeps {
	sessions: Pick<Sessions, 'due'>;
	drive: Drive;
	revocations: Pick<Revocations, 'closeDue'>;
	orphans: SeekOrphans;
	/** ms that a run may take */
	budget: number;
}

export interface SweepReport {
	looked: number;
	failed: number;
}

/** sessions of one shard that are looked at together */
const together = 3;
/** ms until connections that could not be closed are tried again */
const closeAgain = 5_000;
/** ms between two rounds of one run, at least */
const pause = 2_000;

/** Undefined: another run is at it. */
export const createSweep = (deps: SweepDeps) => async (): Promise<SweepReport | undefined> => {
	const deadline = deps.now().getTime() + deps.budget;
	const turn = await takeTurn(deps, 'sweep');
	if (!turn) return undefined;

	const report: SweepReport = { looked: 0, failed: 0 };
	const left = () => deadline - deps.now().getTime();
	const goesOn = async (): Promise<boolean> => left() > 0 && turn.keep();
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
			while (await goesOn()) {
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
			if ((await deps.revocations.closeDue(goesOn)) > 0) soonest = Math.min(soonest, deps.now().getTime() + closeAgain);
		} catch (error) {
			report.failed++;
			deps.log.error('connections_failed', error);
		}
	};

	const seekOrphans = async (): Promise<void> => {
		try {
			await deps.orphans(deps.holder, goesOn);
		} catch (error) {
			report.failed++;
			deps.log.error('orphans_failed', error);
		}
	};
	let sought: Promise<void> | undefined;

	try {
		for (;;) {
			soonest = Number.POSITIVE_INFINITY;
			sought ??= seekOrphans();
			await Promise.all([closeEnded(), sought, ...Array.from({ length: dueShards }, (_, shard) => sweepShard(shard))]);
			// What is in transition is looked at again before the next minute.
			const rest = Math.max(soonest - deps.now().getTime(), pause);
			if (rest < left() && (await turn.rest(rest))) continue;
			return report;
		}
	} finally {
		await turn.end();
	}
};
