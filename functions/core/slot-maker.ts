/** Keeps free slots ready. Everything of a slot is made under its uid, so that a run that was cut off is gone on with by the next. */
import type { Definitions, HomeRoles, Homes, Slots } from '../ports.ts';
import { firstUid, homeName } from './slot.ts';
import { type TurnDeps, takeTurn } from './turns.ts';

export interface SlotMakerDeps extends TurnDeps {
	deployment: string;
	slots: Slots;
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

/** 90% of the IAM roles that an account may have by default: a Home has one, and nothing of a Home is given away again */
export const maxHomes = 900;
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

	/** A new uid, or undefined when there are as many Homes as an account can have. */
	const begin = async (): Promise<number | undefined> => {
		const uid = await slots.nextUid(firstUid);
		if (uid >= firstUid + maxHomes) {
			log.error(
				'slots_used_up',
				new Error(`${maxHomes} Homes were made: the account's IAM roles end here. Raise the quota, or use another account.`),
			);
			return undefined;
		}
		return (await slots.begin(uid, now())) ? uid : begin();
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
		for (let missing = Math.min(deps.free - ready - going, maxPerRun); missing > 0; missing--) {
			const uid = await begin();
			if (uid === undefined) return;
			yield uid;
		}
	}

	return async (): Promise<number[] | undefined> => {
		const start = deps.now().getTime();
		const turn = await takeTurn(deps, 'slots');
		if (!turn) return undefined;
		const made: number[] = [];
		let tried = 0;
		try {
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
