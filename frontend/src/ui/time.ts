/** Times in words. The control plane's clock is not this device's: `createServerClock` learns the difference from its answers. */

export interface ServerClock {
	/** ms since the epoch, as the control plane counts */
	now(): number;
	/** The `Date` header of an answer that has just come. */
	heard(date: string | null): void;
}

export const createServerClock = (now: () => number = Date.now): ServerClock => {
	let ahead = 0;
	return {
		now: () => now() + ahead,
		heard: (date) => {
			const theirs = Date.parse(date ?? '');
			// The header counts whole seconds: less is no difference.
			if (Number.isFinite(theirs)) ahead = Math.abs(theirs - now()) < 2_000 ? 0 : theirs - now();
		},
	};
};

export const secondsWords = (ms: number): string => `${Math.max(0, Math.floor(ms / 1_000))} s`;

/** "90 s", "2 min", "2.5 min" */
export const limitWords = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 6_000) / 10} min`);

/** "less than a minute", "12 min", "3 h", "5 days" */
export const spanWords = (ms: number): string => {
	const minutes = Math.floor(ms / 60_000);
	if (minutes < 1) return 'less than a minute';
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${hours} h`;
	return `${Math.floor(hours / 24)} days`;
};

/** "just now", "12 min ago" */
export const agoWords = (ms: number): string => (ms < 60_000 ? 'just now' : `${spanWords(ms)} ago`);

/** "tonight at 03:00", or with the day where that is further away; in the words of whoever reads it */
export const nightWords = (time: string, now: number): string => {
	const at = new Date(time);
	const clock = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
	if (at.getTime() - now < 24 * 3_600_000) return `tonight at ${clock}`;
	return `on ${at.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' })} at ${clock}`;
};

/** "22 December", in the words of whoever reads it */
export const dayWords = (time: string): string => new Date(time).toLocaleDateString(undefined, { day: 'numeric', month: 'long' });
