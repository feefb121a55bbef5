import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { indexName, keys } from '../core/keys.ts';
import type { SlotItem } from '../core/slot.ts';
import type { Slots } from '../ports.ts';
import { type Table, whenTrue } from './table.ts';

const indexOf = (slot: SlotItem) => {
	if (slot.state === 'taken') return {};
	return { duePk: slot.state === 'free' ? keys.freeSlots : keys.makingSlots, dueAt: slot.at };
};

const itemOf = (slot: SlotItem) => ({ ...keys.slot(slot.uid), state: slot.state, slot, ...indexOf(slot) });

const slotOf = (item: Record<string, unknown>): SlotItem => item.slot as SlotItem;

export const createSlots = (table: Table): Slots => {
	const get: Slots['get'] = async (uid) => {
		const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: keys.slot(uid), ConsistentRead: true }));
		return Item && slotOf(Item);
	};
	const putWhen = (slot: SlotItem, state: SlotItem['state']) =>
		whenTrue(
			table.client.send(
				new PutCommand({
					TableName: table.name,
					Item: itemOf(slot),
					ConditionExpression: '#state = :state',
					ExpressionAttributeNames: { '#state': 'state' },
					ExpressionAttributeValues: { ':state': state },
				}),
			),
		);
	const uids = async (partition: string, limit: number): Promise<number[]> => {
		const { Items } = await table.client.send(
			new QueryCommand({
				TableName: table.name,
				IndexName: indexName,
				KeyConditionExpression: 'duePk = :pk',
				ExpressionAttributeValues: { ':pk': partition },
				Limit: limit,
			}),
		);
		const prefix = keys.slotPrefix.length;
		return (Items ?? []).map((item) => Number(String(item.pk).slice(prefix)));
	};
	return {
		get,
		free: (limit) => uids(keys.freeSlots, limit),
		making: (limit) => uids(keys.makingSlots, limit),

		async nextUid(first) {
			const { Attributes } = await table.client.send(
				new UpdateCommand({
					TableName: table.name,
					Key: keys.uidCounter,
					UpdateExpression: 'SET nextUid = if_not_exists(nextUid, :first) + :one',
					ExpressionAttributeValues: { ':first': first, ':one': 1 },
					ReturnValues: 'UPDATED_NEW',
				}),
			);
			return Number(Attributes?.nextUid) - 1;
		},

		async begin(uid, at) {
			const Item = itemOf({ uid, state: 'making', at });
			return whenTrue(table.client.send(new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' })));
		},

		finish: (slot, at) => putWhen({ ...slot, state: 'free', at }, 'making'),

		take: (slot, takenBy, at) => putWhen({ ...slot, state: 'taken', at, takenBy }, 'free'),
	};
};
