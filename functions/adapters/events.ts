/** What happened to sessions, in the table. */
import { keys } from '../core/keys.ts';
import { keepsFirst, placeOf, type TrailEvent, trailDays } from '../core/trail.ts';
import type { Events } from '../ports.ts';
import type { Item, Items } from './items.ts';

const eventOf = (item: Item): TrailEvent => item.event as TrailEvent;

export const createEvents = (items: Items): Events => ({
	async put(session, event) {
		const expires = Math.ceil(Date.parse(event.at) / 1_000) + trailDays * 86_400;
		const absent = keepsFirst(event) ? { expression: 'attribute_not_exists(pk)' } : undefined;
		await items.put({ ...keys.event(session, placeOf(event)), event, expires }, absent);
	},

	async newest(session, before, limit) {
		const place = before === undefined ? undefined : keys.event(session, before).sk;
		return (await items.newest(keys.eventsOf(session), keys.eventPrefix, place, limit)).map(eventOf);
	},
});
