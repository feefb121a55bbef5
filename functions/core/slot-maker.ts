/** Keeps free slots ready. Everything of a slot is made under its uid, so that a run that was cut off is gone on with by the next. */
import type { Definitions, HomeRoles, Homes, Sessions, Slots } from '../ports.ts';
import { firstUid, homeName } from './slot.ts';
import { type TurnDeps, takeTurn } from './turns.ts';

export interface SlotMakerDeps extends TurnDeps {
	deployment: string;
	slots: Slots;
	sessions: Pick<Sessions, 'get'>;
	homes: Homes;
	roles: HomeRoles;
	definitions: Definitions;
	/** how many free ones are kept */
	free: number;
	/** registrations of a run that need no pause between them */
	burst: number;
	/** ms between two registrations after those */
	pace: number;
	/** ms that a run may take */
	budget: number;
}

/** of the roles that an account may have: those that Homes leave to everything else */
const roomLeft = 0.1;
/** ms after which a slot that was taken has a session, or will have none: no request lives so long */
const settledAfter = 15 * 60_000;
/** slots that one run makes at most */
const maxPerRun = 20;

/** Gives the uids of slots that became free, or undefined when another run is at it. */
export const createSlotMaker = (deps: SlotMakerDeps) => {
	const { slots, log } = deps;
	const now = () => deps.now().toISOString();

	const make = async (uid: number): Promise<boolean> => {
		const family = homeName(deps.deployment, uid);
		const accessPointId = await deps.homes.makeAccessPoint(uid);
		const roleArn = await deps.roles.makeRole(family, accessPointId);
		const definition = await deps.definitions.register({ family, roleArn, accessPointId });
		const slot = { uid, accessPointId, roleName: family, roleArn, family, definition, base: deps.definitions.base };
		// It is as old as its role's policy: who takes it must not be faster than IAM.
		return slots.finish(slot, now());
	};

	/** A new uid. */
	const begin = async (): Promise<number> => {
		const uid = await slots.nextUid(firstUid);
		return (await slots.begin(uid, now())) ? uid : begin();
	};

	/** Gives slots back that were taken by requests which were cut off before they made their session. */
	const giveBack = async (): Promise<void> => {
		const until = new Date(deps.now().getTime() - settledAfter).toISOString();
		for (const uid of await slots.taken(until, maxPerRun)) {
			const slot = await slots.get(uid);
			if (slot?.state !== 'taken' || slot.settled) continue;
			if (await deps.sessions.get(slot.takenBy.user, slot.takenBy.session)) await slots.settle(slot);
			// Nobody ever used its Home: a session's record comes before its first task.
			else if (await slots.giveBack(slot, now())) log.info('slot_given_back', { uid });
		}
	};

	/** How many of these Homes the account has room for: each has a role. */
	const room = async (missing: number): Promise<number> => {
		const { left, quota } = await deps.roles.room();
		const possible = Math.max(0, Math.floor(left - quota * roomLeft));
		if (possible < missing)
			log.error(
				'slots_used_up',
				new Error(`There is room for ${possible} more Homes: the account may have ${quota} IAM roles. Raise the quota, or use another account.`),
			);
		return Math.min(missing, possible);
	};

	/** What others began, then as many new ones as are missing. */
	async function* wanted(): AsyncGenerator<number> {
		const begun = await slots.making(maxPerRun);
		let going = 0;
		for (const uid of begun) {
			if ((await slots.get(uid))?.state !== 'making') continue;
			going++;
			yield uid;
		}
		const ready = (await slots.free(deps.free)).length;
		const missing = Math.min(deps.free - ready - going, maxPerRun);
		if (missing <= 0) return;
		for (let more = await room(missing); more > 0; more--) yield await begin();
	}

	return async (): Promise<number[] | undefined> => {
		const start = deps.now().getTime();
		const turn = await takeTurn(deps, 'slots');
		if (!turn) return undefined;
		const made: number[] = [];
		let tried = 0;
		try {
			await giveBack();
			for await (const uid of wanted()) {
				if (tried++ >= deps.burst) await deps.wait(deps.pace);
				if (!(await turn.keep())) break;
				try {
					if (await make(uid)) made.push(uid);
				} catch (error) {
					log.error('slot_not_made', error, { uid });
				}
				if (deps.now().getTime() - start >= deps.budget) break;
			}
		} finally {
			await turn.end();
		}
		if (made.length > 0) log.info('slots_made', { uids: made });
		return made;
	};
};
