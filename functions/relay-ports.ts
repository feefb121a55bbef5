/** What tickets, connections and the relay need from outside. */
import type { ConnectionId, Role, SenderId, SessionId, TerminalId, UserId } from '@shellpod/protocol/ids.ts';

/** What a ticket is worth. It stands under its hash: who reads the table can't come in. */
export interface StoredTicket {
	user: UserId;
	session: SessionId;
	generation: number;
	role: Role;
	/** origin of the page that a viewer must come from; an agent comes from none */
	origin?: string;
	/** a viewer's: `auth_time` of the sign-in that it was given to */
	signIn?: number;
	/** a viewer's: the view that the page comes for, kept over its reconnects */
	terminal?: TerminalId;
	/** ms since 1970; from then on it is worth nothing, though it may still be stored */
	endsAt: number;
}

/** A page's right to hear what becomes of all of its user's sessions. */
export interface WatchTicket {
	user: UserId;
	role: 'watcher';
	origin: string;
	signIn: number;
	endsAt: number;
}

export interface TicketStore {
	put(hash: string, ticket: StoredTicket | WatchTicket): Promise<void>;
	/** Takes the ticket away for good. Undefined when there is none, when it has ended, and for all but the first of those who ask at once. */
	burn(hash: string, now: Date): Promise<StoredTicket | WatchTicket | undefined>;
}

/** One open WebSocket, as far as we know: an item may outlive its connection, and its connection the item. */
export interface Connection {
	id: ConnectionId;
	session: SessionId;
	user: UserId;
	generation: number;
	role: Role;
	sender: SenderId;
	/** what it speaks; absent until its hello */
	versions?: readonly number[];
}

/** Open WebSockets of viewers; an agent's stands in its session's record. */
export interface ConnectionStore {
	/** Writes it, over what stood there. `now` sets when the item is garbage. */
	put(connection: Connection, now: Date): Promise<void>;
	remove(session: SessionId, id: ConnectionId): Promise<void>;
	/** Every viewer's connection to a session, as of now. */
	list(session: SessionId): Promise<Connection[]>;
}

/** `gone`: there is no such connection any more. `busy`: too many posts, or a slow client. `failed`: no answer in time, or an error. */
export type Sent = 'sent' | 'gone' | 'busy' | 'failed';

/** `gone`: there is no such connection (yet, or any more). `closed`: it was there; ask again to be sure. */
export type Closed = 'closed' | 'gone' | 'failed';

export interface Gateway {
	/** Sends one text message. Never throws. */
	post(connection: ConnectionId, text: string): Promise<Sent>;
	/** Closes the connection, if it is there. Never throws. */
	close(connection: ConnectionId): Promise<Closed>;
}

/** The secrets that tags are signed with: the current one, and those that some tags may still carry. By key id, base64url. */
export interface KeyRing {
	current: string;
	keys: Readonly<Record<string, string>>;
}

export interface KeyStore {
	/** A strong read. */
	read(): Promise<KeyRing | undefined>;
	/** Writes the first key ring; false when somebody else was first. */
	make(ring: KeyRing): Promise<boolean>;
}

/** What was sent, as far as sampling tells. */
export interface Seen {
	messages: number;
	bytes: number;
}

export interface Meters {
	/** Adds to what a sender of a session, or of all of a user's, sent in a window of time, and gives all of it. */
	add(whose: SessionId | UserId, of: string, window: number, seen: Seen): Promise<Seen>;
}

/** An end of a session: its agent, or the pages of one user. */
export interface EndOf {
	session: SessionId;
	user: UserId;
	role: Role;
}

/** Ends that were cut off. */
export interface Cuts {
	/** Cuts it off until then (ms since 1970). false when it is cut off already. */
	make(of: EndOf, until: number, now: Date): Promise<boolean>;
	/** ms since 1970; undefined when it may come */
	until(of: EndOf, now: Date): Promise<number | undefined>;
}
