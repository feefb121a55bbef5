/** What the functions of the contract stack saw, kept in its table for whoever asks. */
import { randomUUID } from 'node:crypto';
import { itemsOf } from '../../../../functions/deps.ts';

const items = itemsOf(process.env, process.env.CONTRACT_TABLE ?? '');

/** bytes of a text that are kept: what matters of a long one is its length */
const kept = 300;

/** @param mark whose question it belongs to */
export const record = async (mark: string, kind: string, seen: object): Promise<void> => {
	const at = Date.now();
	await items.put({ pk: `RUN#${mark}`, sk: `${at}#${randomUUID()}`, at, kind, seen: JSON.stringify(seen) });
};

export const shortened = (text: string | undefined): { length: number; text: string } => ({
	length: text?.length ?? 0,
	text: (text ?? '').slice(0, kept),
});
