/** One-time values for the sign-in form: a form that another site sends, or that is sent twice, signs nobody in. */
import { hashOf } from './kept.ts';

/** ms that a form may stay open */
const formMs = 30 * 60_000;
/** forms that are remembered; the oldest goes first */
const most = 1_000;

export interface Forms {
	/** @param browser what tells this browser from others: the value of its form cookie */
	issue(browser: string): string;
	/** True once per form, for the browser that it was given to. */
	use(form: string, browser: string | undefined): boolean;
}

export const createForms = (ports: { now(): number; secret(): string }): Forms => {
	const open = new Map<string, { browser: string; expires: number }>();
	return {
		issue(browser) {
			const form = ports.secret();
			open.set(hashOf(form), { browser: hashOf(browser), expires: ports.now() + formMs });
			const [oldest] = open.keys();
			if (open.size > most && oldest !== undefined) open.delete(oldest);
			return form;
		},
		use(form, browser) {
			const found = open.get(hashOf(form));
			open.delete(hashOf(form));
			return found !== undefined && browser !== undefined && found.expires > ports.now() && found.browser === hashOf(browser);
		},
	};
};
