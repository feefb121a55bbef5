/** A slot's item in the table: made by the `slots` function, taken by one session for as long as that is there, and gone with it. */
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import type { Slot, Time } from './record.ts';

/** uids and gids of Homes begin here: above every account of a Linux image; never used twice */
export const firstUid = 100_000;

export type SlotItem =
	/** its parts are being made; whoever finds it goes on with the same uid */
	| { uid: number; state: 'making'; at: Time }
	| (Slot & { state: 'free'; at: Time })
	/** `settled`: its session was seen to be there */
	| (Slot & { state: 'taken'; at: Time; takenBy: { user: UserId; session: SessionId }; settled?: true });

export type FreeSlot = Extract<SlotItem, { state: 'free' }>;
export type TakenSlot = Extract<SlotItem, { state: 'taken' }>;

/** The uid in the name of a Home's role or task family (`<deployment>-home-<uid>`), or undefined when it is no Home's of this deployment. */
export const uidOfHome = (deployment: string, name: string): number | undefined => {
	const prefix = homePrefix(deployment);
	const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
	return /^\d{6,10}$/.test(digits) ? Number(digits) : undefined;
};

/** Name of the role and of the task family of a Home. */
export const homeName = (deployment: string, uid: number): string => `${homePrefix(deployment)}${uid}`;

const homePrefix = (deployment: string): string => `${deployment}-home-`;
