/**
 * Versions of what viewers and agents say to each other. Agents in running tasks outlive a deploy, so two versions will meet:
 * each end offers what it speaks, the newest that both speak is used.
 *
 * 1  2026-11  offsets, epochs and screens; one chunk in flight; resume by redraw
 * 2  2026-11  many chunks of output in flight, put in order and seldom acknowledged by the viewer, who asks for what is missing; deflated;
 *            the viewer says whether its page can be seen
 */
export const versions = [1, 2] as const;

/** The newest version that both speak, or undefined. */
export const commonVersion = (ours: readonly number[], theirs: readonly number[]): number | undefined =>
	ours.filter((version) => theirs.includes(version)).sort((a, b) => b - a)[0];

/** The WebSocket subprotocol that the server picks; the ticket is offered beside it as `ticket.<ticket>`. */
export const subprotocol = 'shellpod.v1';
const ticketPrefix = 'ticket.';

/** What an end offers as subprotocols to come in with this ticket. */
export const offeredProtocols = (ticket: string): string[] => [subprotocol, `${ticketPrefix}${ticket}`];

/** The ticket among the offered subprotocols of a `Sec-WebSocket-Protocol` header, or undefined. */
export const offeredTicket = (header: string): string | undefined => {
	const offered = header.split(',').map((one) => one.trim());
	if (!offered.includes(subprotocol)) return undefined;
	return offered.find((one) => one.startsWith(ticketPrefix))?.slice(ticketPrefix.length);
};
