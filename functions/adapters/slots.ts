/** Slots in the table. */
import { keys } from '../core/keys.ts';
import type { SlotItem } from '../core/slot.ts';
import type { Slots } from '../ports.ts';
import type { Item, Items } from './items.ts';

const indexOf = (slot: SlotItem) => {
	if (slot.state === 'taken') return {};
	return { duePk: slot.state === 'free' ? keys.freeSlots : keys.makingSlots, dueAt: slot.at };
};

const itemOf = (slot: SlotItem) => ({ ...keys.slot(slot.uid), state: slot.state, slot, ...indexOf(slot) });

const uidOf = (item: Item): number => Number(String(item.pk).slice(keys.slotPrefix.length));

export const createSlots = (items: Items): Slots => {
	const putWhen = async (slot: SlotItem, state: SlotItem['state']): Promise<boolean> => {
		const before = { expression: '#state = :state', names: { '#state': 'state' }, values: { ':state': state } };
		return (await items.put(itemOf(slot), before)) !== undefined;
	};
	const uids = async (partition: string, limit: number): Promise<number[]> => {
		const found: number[] = [];
		for await (const item of items.due(partition)) if (found.push(uidOf(item)) >= limit) break;
		return found;
	};
	return {
		async get(uid) {
			return (await items.get(keys.slot(uid)))?.slot as SlotItem | undefined;
		},
		free: (limit) => uids(keys.freeSlots, limit),
		making: (limit) => uids(keys.makingSlots, limit),
		nextUid: (first) => items.count(keys.uidCounter, 'nextUid', first),

		async begin(uid, at) {
			return (await items.put(itemOf({ uid, state: 'making', at }), { expression: 'attribute_not_exists(pk)' })) !== undefined;
		},

		finish: (slot, at) => putWhen({ ...slot, state: 'free', at }, 'making'),
		take: (slot, takenBy, at) => putWhen({ ...slot, state: 'taken', at, takenBy }, 'free'),
	};
};
