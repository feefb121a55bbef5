/** Slots in the table. */
import { keys } from '../core/keys.ts';
import type { SlotItem } from '../core/slot.ts';
import type { Slots } from '../ports.ts';
import type { Item, Items } from './items.ts';

const indexOf = (slot: SlotItem) => {
	if (slot.state === 'taken' && slot.settled) return {};
	return { duePk: { making: keys.makingSlots, free: keys.freeSlots, taken: keys.takenSlots }[slot.state], dueAt: slot.at };
};

const itemOf = (slot: SlotItem) => ({ ...keys.slot(slot.uid), state: slot.state, slot, ...indexOf(slot) });

const uidOf = (item: Item): number => Number(String(item.pk).slice(keys.slotPrefix.length));

/** For who reads one only: a function that tickets wait for holds no more of this. */
export const createSlotReader = (items: Items): Pick<Slots, 'get'> => ({
	async get(uid) {
		return (await items.get(keys.slot(uid)))?.slot as SlotItem | undefined;
	},
});

export const createSlots = (items: Items): Slots => {
	const putWhen = async (slot: SlotItem, state: SlotItem['state']): Promise<boolean> => {
		const before = { expression: '#state = :state', names: { '#state': 'state' }, values: { ':state': state } };
		return (await items.put(itemOf(slot), before)) !== undefined;
	};
	const uids = async (partition: string, limit: number, until?: string): Promise<number[]> => {
		const found: number[] = [];
		for await (const item of items.due(partition, until)) if (found.push(uidOf(item)) >= limit) break;
		return found;
	};
	return {
		...createSlotReader(items),
		free: (limit) => uids(keys.freeSlots, limit),
		making: (limit) => uids(keys.makingSlots, limit),
		nextUid: (first) => items.count(keys.uidCounter, 'nextUid', first),

		async begin(uid, at) {
			return (await items.put(itemOf({ uid, state: 'making', at }), { expression: 'attribute_not_exists(pk)' })) !== undefined;
		},

		finish: (slot, at) => putWhen({ ...slot, state: 'free', at }, 'making'),
		take: (slot, takenBy, at) => putWhen({ ...slot, state: 'taken', at, takenBy }, 'free'),
		taken: (until, limit) => uids(keys.takenSlots, limit, until),
		settle: (slot) => putWhen({ ...slot, settled: true }, 'taken'),

		giveBack({ takenBy: _, ...slot }, at) {
			return putWhen({ ...slot, state: 'free', at }, 'taken');
		},

		async remove(uid) {
			const taken = { expression: '#state = :state', names: { '#state': 'state' }, values: { ':state': 'taken' } };
			await items.remove(keys.slot(uid), taken);
		},
	};
};
