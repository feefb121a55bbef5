/** Connections that end without a word, and rights that end while connections are open. */
import { once } from 'node:events';
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { type AccessRecord, endSession, maxSockets, settleMs } from '@shellpod/functions/core/access.ts';
import { changeAccess } from '@shellpod/functions/core/change-access.ts';
import { Ticket } from '@shellpod/protocol/http.ts';
import { connectionId, type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { WebSocket } from 'ws';
import { type HeadlessViewer, openViewer } from '../../../support/viewer.ts';
import { type Actor, type Cast, until, within } from './cast.ts';

/** ms: due at once, if it was marked so long ago */
const longAgo = 2 * settleMs;

const before = (): string => new Date(Date.now() - longAgo).toISOString();

const comeIn = (ticket: Ticket, { user, stack }: Cast): Promise<HeadlessViewer> =>
	within('a terminal opens', openViewer(ticket, { cookie: user.cookie(), origin: stack.origin }, 80, 24));

export const openTerminal = async (session: Actor, cast: Cast): Promise<HeadlessViewer> => comeIn(await cast.user.ticket(session.id), cast);

/** A page that hears what becomes of its user's sessions, whoever writes it. */
export const watch = async ({ user, stack }: Cast): Promise<void> => {
	const { url, protocols } = Ticket.parse(await user.api('POST', '/api/watch'));
	const socket = new WebSocket(url, protocols, { headers: { cookie: user.cookie(), origin: stack.origin } });
	await within('a page watches', once(socket, 'open'));
};

const recordsOf = ({ operator, owner }: Cast) => {
	const access = createAccessRecords(operator.items);
	return {
		change: (change: (record: AccessRecord) => AccessRecord) => changeAccess(access, owner, change),
		/** Waits until nothing is open of a session. */
		closed: (session: Actor, by: string) =>
			until(`${by} closes the session's terminals`, async () =>
				Object.values((await access.get(owner)).sockets).every((socket) => socket.session !== session.id),
			),
	};
};

/** Connections that the gateway has lost sight of; the first was this terminal's. */
const lost = (session: Actor, count: number, terminal: TerminalId): AccessRecord['sockets'] =>
	Object.fromEntries(
		Array.from({ length: count }, (_, nth) => [
			connectionId(`Lost${nth}AAAAAAAAAA=`),
			{ session: session.id, signIn: 1, since: before(), ...(nth === 0 && { terminal }) },
		]),
	);

/** A page comes back and finds all places taken: by its own last connection and by others', of all of which the gateway has lost sight. */
export const comeBackToCrowd = async (session: Actor, cast: Cast): Promise<HeadlessViewer> => {
	const terminal = terminalId('comesback1');
	const ticket = Ticket.parse(await cast.user.api('POST', `/api/sessions/${session.id}/tickets`, { terminal }));
	await recordsOf(cast).change((record) => ({ ...record, sockets: { ...record.sockets, ...lost(session, maxSockets, terminal) } }));
	return comeIn(ticket, cast);
};

/** The session is deleted under an open terminal, whose connection is closed. */
export const deleteUnderTerminal = async (session: Actor, cast: Cast): Promise<void> => {
	await openTerminal(session, cast);
	await cast.user.api('DELETE', `/api/sessions/${session.id}`);
	await recordsOf(cast).closed(session, 'the API');
	await session.comesTo('its task has ended', ({ task }) => task === undefined);
};

/**
 * The API is cut off after it wrote that the session has ended: its connection is left for the sweep. Gives what waits for that. The gateway
 * has lost sight of it: at the end of any other its `$disconnect` might be quicker than the sweep.
 */
export const leaveToSweep = async (session: Actor, cast: Cast): Promise<() => Promise<unknown>> => {
	await recordsOf(cast).change((record) => {
		const sockets = { ...record.sockets, ...lost(session, 1, terminalId('leftbehind')) };
		return endSession({ ...record, sockets }, session.id, before());
	});
	return () => recordsOf(cast).closed(session, 'the sweep');
};
