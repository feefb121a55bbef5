/** What was counted of ends, and which of them were cut off, in the table. Items are of use for minutes; TTL removes them. */
import { flood } from '@shellpod/protocol/limits.ts';
import { keys } from '../core/keys.ts';
import type { Cuts, Meters } from '../relay-ports.ts';
import type { Items } from './items.ts';

/** s that they may stay after their end */
const garbageAfter = 3_600;

export const createMeters = (items: Items): Meters => ({
	async add(whose, of, window, seen) {
		const expires = Math.ceil(((window + 1) * flood.windowMs) / 1_000) + garbageAfter;
		const { messages, bytes } = await items.add(keys.meter(whose, of, window), { ...seen }, { expires });
		return { messages: messages ?? 0, bytes: bytes ?? 0 };
	},
});

export const createCuts = (items: Items): Cuts => ({
	async make(of, until, now) {
		const over = { expression: 'attribute_not_exists(pk) OR #until <= :now', names: { '#until': 'until' }, values: { ':now': now.getTime() } };
		return (await items.put({ ...keys.cut(of), until, expires: Math.ceil(until / 1_000) + garbageAfter }, over)) !== undefined;
	},

	async until(of, now) {
		const until = Number((await items.get(keys.cut(of)))?.until ?? 0);
		return until > now.getTime() ? until : undefined;
	},
});
