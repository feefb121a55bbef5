/** Tickets in the table. */
import { keys } from '../core/keys.ts';
import type { StoredTicket, TicketStore, WatchTicket } from '../relay-ports.ts';
import type { Items } from './items.ts';

/** s that an ended ticket may stay stored: TTL is for garbage only */
const garbageAfter = 3600;

export const createTicketStore = (items: Items): TicketStore => ({
	async put(hash, ticket) {
		const expires = Math.ceil(ticket.endsAt / 1000) + garbageAfter;
		await items.put({ ...keys.ticket(hash), ticket, endsAt: ticket.endsAt, expires });
	},

	async burn(hash, now) {
		// One write decides who was first; the end is compared here, since TTL deletes when it likes.
		const burnt = await items.remove(keys.ticket(hash), {
			expression: 'attribute_exists(pk) AND endsAt > :now',
			values: { ':now': now.getTime() },
		});
		return burnt?.before?.ticket as StoredTicket | WatchTicket | undefined;
	},
});
