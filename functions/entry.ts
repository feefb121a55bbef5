/** What AWS calls. */
import type { Log } from './ports.ts';

/**
 * What a handler throws, the runtime writes into its log as it is, with all that it was made of, and an event has a ticket or a keystroke in it. So our own
 * log tells of it, and what goes on says nothing; whoever called still learns that it failed, and calls again where it would.
 */
export const entry =
	<Event extends readonly unknown[], Answer>(log: Log, handler: (...event: Event) => Promise<Answer>) =>
	async (...event: Event): Promise<Answer> => {
		try {
			return await handler(...event);
		} catch (error) {
			log.error('event_failed', error);
			throw Object.assign(new Error('the event failed; the line before says why'), { name: 'EventFailed', stack: '' });
		}
	};
