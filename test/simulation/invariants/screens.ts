/** O1 to O3: what a page shows is one screen, and of what was printed on it each piece once, in order, with nothing left out. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import type { Page } from '../world/page.ts';
import { redraw } from '../world/tmux.ts';

export interface Screens {
	/** A session has this container; it may have had others. */
	made(session: string, container: Container): void;
	/** A page's terminal shows this, of which so many characters are new. */
	shows(page: Pick<Page, 'name' | 'session'>, text: string, fresh: number): void;
}

/** characters on either side of a joint that are looked at: more than any line has in common with another */
const before = 40;
const after = 60;

export const createScreens = (kernel: Kernel): Screens => {
	const containers = new Map<string, Container[]>();
	return {
		made: (session, container) => void containers.set(session, [container, ...(containers.get(session) ?? [])]),
		shows: ({ name, session }, text, fresh) => {
			const drawn = text.lastIndexOf(redraw);
			const joint = text.length - fresh;
			const begins = drawn < 0 ? 0 : drawn + redraw.length;
			const piece = text.slice(Math.max(begins, joint - before), Math.max(begins, joint) + after);
			// The beginning of a redraw, of which the rest is to come.
			const [printed = ''] = piece.split('\x1b');
			if (containers.get(session)?.some(({ tmux }) => tmux.hasPrinted(printed))) return;
			kernel.violated('P3', `page ${name} shows what was never printed in one piece: ${JSON.stringify(printed)}`);
		},
	};
};
