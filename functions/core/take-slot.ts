/** Takes a free slot for a session, of many who may want the same one. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Slots } from '../ports.ts';
import type { Slot, Time } from './record.ts';
import type { FreeSlot } from './slot.ts';

/** free slots that one request looks at: others may take them at the same instant */
const slotsLookedAt = 10;
/** seconds: the slot maker comes every minute and makes the first within seconds; who waits for it must not wait long after it */
const slotRetryAfter = 10;

interface Taker {
	user: UserId;
	session: SessionId;
}

/** Throws ShellPodError `no_slot` when none is free. */
export const createTakeSlot = ({ slots, now }: { slots: Pick<Slots, 'get' | 'free' | 'take'>; now: () => Time }) => {
	/** A write whose answer is lost is sent again by the SDK, and loses to itself: who has the slot is looked up then. */
	const take = async (slot: FreeSlot, by: Taker): Promise<boolean> => {
		if (await slots.take(slot, by, now())) return true;
		const taken = await slots.get(slot.uid);
		return taken?.state === 'taken' && taken.takenBy.session === by.session;
	};

	return async (by: Taker): Promise<Slot> => {
		for (const uid of await slots.free(slotsLookedAt)) {
			const slot = await slots.get(uid);
			if (slot?.state !== 'free' || !(await take(slot, by))) continue;
			const { accessPointId, roleName, roleArn, family, definition, base } = slot;
			return { uid, accessPointId, roleName, roleArn, family, definition, base };
		}
		throw new ShellPodError('no_slot', 'Homes are being made; one will be free in a moment.', { retryAfter: slotRetryAfter });
	};
};
