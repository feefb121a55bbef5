/** Of what was read and what was told, the newer. */
import type { Session } from '@shellpod/protocol/http.ts';

/** The list as read, with what was told since. */
export const newest = (known: readonly Session[], read: readonly Session[]): Session[] =>
	read.map((session) => known.find(({ id, rev }) => id === session.id && rev > session.rev) ?? session);

/** The list with this one as it is now; undefined when it isn't in it, so that the list has to be read. The same list when this one is older. */
export const withNewer = (known: readonly Session[], session: Session): readonly Session[] | undefined => {
	const before = known.find(({ id }) => id === session.id);
	if (!before) return undefined;
	return before.rev >= session.rev ? known : known.map((one) => (one === before ? session : one));
};
