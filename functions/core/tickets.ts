/** Tickets: the single-use, short-lived right to open one connection. */
import { createHash } from 'node:crypto';
import type { Ticket } from '@shellpod/protocol/http.ts';
import { type SenderId, type SessionId, senderId, type TerminalId, type UserId } from '@shellpod/protocol/ids.ts';
import { ticketMs } from '@shellpod/protocol/limits.ts';
import { offeredProtocols } from '@shellpod/protocol/version.ts';
import type { StoredTicket, TicketStore, WatchTicket } from '../relay-ports.ts';
import type { Caller, Watcher } from './callers.ts';

/** bytes of chance in a ticket */
const ticketBytes = 24;

interface For {
	user: UserId;
	session: SessionId;
	generation: number;
}

/** A viewer comes from a page, over that page's own origin; an agent goes straight to the WebSocket API's endpoint (http or https). */
export type Grant = For & ({ role: 'viewer'; origin: string; signIn: number; terminal?: TerminalId } | { role: 'agent'; endpoint: string });

/** A page that watches all of its user's sessions. */
export type WatchGrant = Omit<WatchTicket, 'endsAt'>;

const hashOf = (ticket: string): string => createHash('sha256').update(ticket).digest('base64url');

/** The name that a connection's peers see, made of its ticket's hash, so that nobody can choose it. */
const senderOf = (hash: string): SenderId => {
	const digest = createHash('sha256').update(`sender ${hash}`).digest();
	return senderId([...digest.subarray(0, 8)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31]).join(''));
};

const ofViewer = ({ origin, signIn, terminal }: Extract<Grant, { role: 'viewer' }>) => ({ origin, signIn, ...(terminal && { terminal }) });

const storedOf = (grant: Grant | WatchGrant, endsAt: number): StoredTicket | WatchTicket => {
	if (grant.role === 'watcher') return { ...grant, endsAt };
	const { user, session, generation, role } = grant;
	return { user, session, generation, role, ...(role === 'viewer' && ofViewer(grant)), endsAt };
};

const webSocketUrl = (httpUrl: string): string => httpUrl.replace(/^http/, 'ws');

export interface Tickets {
	issue(grant: Grant | WatchGrant): Promise<Ticket>;
	/** Burns the ticket, whatever comes of it. Undefined when it is not good, or a page's and not from that page: which of them, nobody learns. */
	redeem(ticket: string, origin: string | undefined): Promise<Caller | Watcher | undefined>;
}

export const createTickets = (deps: { store: TicketStore; now: () => Date; random: (bytes: number) => Uint8Array }): Tickets => ({
	issue: async (grant) => {
		const ticket = Buffer.from(deps.random(ticketBytes)).toString('base64url');
		const endsAt = deps.now().getTime() + ticketMs;
		await deps.store.put(hashOf(ticket), storedOf(grant, endsAt));
		return {
			url: webSocketUrl(grant.role === 'agent' ? grant.endpoint : `${grant.origin}/ws`),
			protocols: offeredProtocols(ticket),
			expiresAt: new Date(endsAt).toISOString(),
		};
	},

	redeem: async (ticket, origin) => {
		const hash = hashOf(ticket);
		const stored = await deps.store.burn(hash, deps.now());
		if (!stored) return undefined;
		if (stored.role !== 'agent' && (stored.origin === undefined || origin !== stored.origin)) return undefined;
		if (stored.role === 'watcher') return { user: stored.user, role: stored.role, signIn: stored.signIn };
		const { user, session, generation, role, signIn, terminal } = stored;
		return { user, session, generation, role, sender: senderOf(hash), ...(signIn !== undefined && { signIn }), ...(terminal && { terminal }) };
	},
});
