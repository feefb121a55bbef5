/** The names of things that cross a wire, as branded strings, with the one pattern each that every boundary checks. */

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A person with an account: the `sub` claim of the identity provider. */
export type UserId = Id<'user'>;
/** What a user owns and names: 12 letters and digits (60 bits), so that `prefix/session/generation` fits ECS's 36-character `startedBy`. */
export type SessionId = Id<'session'>;
/** One page's view of a session's tmux; chosen by the page, kept over reconnects, so that its input can be resumed. */
export type TerminalId = Id<'terminal'>;
/** One API Gateway WebSocket, as API Gateway names it. Opaque. */
export type ConnectionId = Id<'connection'>;
/** The short name under which the peer of a connection sees it; made by the control plane for each connection. */
export type SenderId = Id<'sender'>;
/** One run of the agent's process: input belongs to it. */
export type Epoch = Id<'epoch'>;

export const patterns = {
	user: /^[A-Za-z0-9._:-]{1,128}$/,
	session: /^[a-z2-7]{12}$/,
	terminal: /^[a-z0-9]{8,24}$/,
	connection: /^[A-Za-z0-9+/=_-]{1,128}$/,
	sender: /^[a-z0-9]{4,16}$/,
	epoch: /^[a-z0-9]{6,16}$/,
} as const;

const checked =
	<T extends string>(name: string, pattern: RegExp) =>
	(text: string): T => {
		if (!pattern.test(text)) throw new TypeError(`not a ${name} id: ${JSON.stringify(text.slice(0, 40))}`);
		return text as T;
	};

export const userId = checked<UserId>('user', patterns.user);
export const sessionId = checked<SessionId>('session', patterns.session);
export const terminalId = checked<TerminalId>('terminal', patterns.terminal);
export const connectionId = checked<ConnectionId>('connection', patterns.connection);
export const senderId = checked<SenderId>('sender', patterns.sender);
export const epoch = checked<Epoch>('epoch', patterns.epoch);

export const isSessionId = (text: string): text is SessionId => patterns.session.test(text);

/** Which end of the relay a connection is. */
export type Role = 'viewer' | 'agent';
