/** Deletes for good what a session that is deleted still has (rule 19): every minute, one step of it after the other, each written down when it is done. */
import type { DueSession, Remains, Sessions, Slots, Unmake, Users } from '../ports.ts';
import { changeUser } from './change-user.ts';
import { hoursDeleted } from './lifecycle.ts';
import { limits } from './limits.ts';
import type { PurgeStep, SessionRecord } from './record.ts';
import { spentOf } from './spending.ts';
import { writtenDown } from './trail.ts';
import { type TurnDeps, takeTurn } from './turns.ts';
import { outlived, release } from './user-record.ts';

export interface PurgeDeps extends TurnDeps {
	sessions: Pick<Sessions, 'get' | 'put' | 'remove' | 'purges'>;
	slots: Pick<Slots, 'get' | 'remove'>;
	users: Users;
	unmake: Unmake;
	remains: Remains;
	/** ms that a run may take */
	budget: number;
}

/** Gives how many sessions are gone, or undefined when another run is at it. */
export const createPurge = (deps: PurgeDeps) => {
	const { sessions, slots, users, unmake, log } = deps;

	/** Its name is free; what it has cost its user goes on to count (C5). */
	const settleWithUser = (record: SessionRecord): Promise<void> => {
		const spent = spentOf(record, deps.now());
		return changeUser(users, record.user, (user) => outlived(release(user, record.id), record.id, spent));
	};

	/** Each does its step, and names the next. A uid has had one session only, so what bears it is this session's. */
	const steps: Readonly<Record<Exclude<PurgeStep, 'empty' | 'record'>, (record: SessionRecord) => Promise<PurgeStep>>> = {
		'access-point': async ({ slot }) => {
			await unmake.accessPoint(slot.accessPointId);
			return 'role';
		},
		role: async ({ slot }) => {
			await unmake.role(slot.roleName);
			return 'definitions';
		},
		definitions: async ({ slot }) => {
			await unmake.definitions(slot.family);
			return 'items';
		},
		items: async (record) => {
			await deps.remains.remove(record.id);
			await settleWithUser(record);
			return 'slot';
		},
		slot: async ({ slot }) => {
			await slots.remove(slot.uid);
			return 'record';
		},
	};

	/** True when nothing is left of it. */
	const goOn = async (first: SessionRecord, goesOn: () => Promise<boolean>): Promise<boolean> => {
		let record = first;
		while (record.desired.state === 'deleted' && record.purge && record.purge.step !== 'empty' && (await goesOn())) {
			const { step } = record.purge;
			// Last, since it says what is left to do. Without it nobody writes another: every write wants it as it was.
			if (step === 'record') return sessions.remove(record);
			const next = await steps[step](record);
			const today = deps.now().toISOString();
			const { reason: _, ...rest } = writtenDown(record);
			const written = await sessions.put({ ...rest, purge: { step: next, since: today, tries: 0 }, dueAt: today });
			if (!written) return false;
			log.info('purge_moved', { session: record.id, step: next });
			record = written;
		}
		return false;
	};

	const failed = async ({ user, id }: DueSession, error: unknown): Promise<void> => {
		const record = await sessions.get(user, id);
		if (!record?.purge) return;
		const tries = record.purge.tries + 1;
		const pause = limits.emptyAgain[Math.min(tries, limits.emptyAgain.length) - 1] ?? 0;
		const notBefore = new Date(deps.now().getTime() + pause).toISOString();
		log.error('purge_failed', error, { session: id, step: record.purge.step, tries, hours: hoursDeleted(record, deps.now()) });
		await sessions.put({ ...record, purge: { ...record.purge, tries, notBefore }, dueAt: notBefore });
	};

	return async (): Promise<number | undefined> => {
		const turn = await takeTurn(deps, 'purge');
		if (!turn) return undefined;
		const start = deps.now();
		const goesOn = async (): Promise<boolean> => deps.now().getTime() < start.getTime() + deps.budget && turn.keep();
		let gone = 0;
		try {
			for await (const due of sessions.purges(start.toISOString())) {
				if (!(await goesOn())) break;
				try {
					const record = await sessions.get(due.user, due.id);
					if (record && (await goOn(record, goesOn))) {
						gone++;
						log.info('session_gone', { session: due.id });
					}
				} catch (error) {
					await failed(due, error);
				}
			}
		} finally {
			await turn.end();
		}
		return gone;
	};
};
