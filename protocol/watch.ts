/** What a watcher's WebSocket is told: what becomes of its user's sessions. A watcher says nothing but `ping`. */
import * as z from 'zod/mini';
import { Session } from './http.ts';

export const WatchMessage = z.discriminatedUnion('told', [
	/** a session as it is now; of two of the same session the one with the higher `rev` is the newer */
	z.object({ told: z.literal('session'), session: Session }),
	/** what can't be told of one session has changed: read the list */
	z.object({ told: z.literal('look') }),
]);
export type WatchMessage = z.infer<typeof WatchMessage>;

/** Undefined: an answer to `ping`, or of another version. */
export const decodeWatch = (text: string): WatchMessage | undefined => {
	try {
		return WatchMessage.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
};
