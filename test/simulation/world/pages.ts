/** Pages as a world opens them: each with a name of its own, and bytes that tell it from the others of its session. */
import type { Keystrokes } from '../invariants/keystrokes.ts';
import type { Screens } from '../invariants/screens.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createLife } from '../kernel/life.ts';
import type { Api } from './api.ts';
import type { Container } from './containers.ts';
import type { Faults } from './faults.ts';
import type { Gateway, Network } from './gateway.ts';
import { createPage, type Page } from './page.ts';
import { redraw } from './tmux.ts';

/** How a page is opened. */
export interface Opening {
	network?: Network;
	/** on purpose */
	opened?: boolean;
}

export interface PagesOptions {
	kernel: Kernel;
	faults: Faults;
	gateway: Gateway;
	apiOf(user: string): Api;
	screens: Pick<Screens, 'shows'>;
	keystrokes: Keystrokes;
	/** Somebody sees the protocols that a page offers, its ticket among them. */
	overheard?: ((protocols: readonly string[]) => void) | undefined;
}

export const createPages = ({ kernel, faults, gateway, apiOf, screens, keystrokes, overheard }: PagesOptions) => {
	let pages = 0;
	const pagesOf = new Map<string, number>();
	return (user: string, session: string, { network, opened }: Opening = {}): Page => {
		const index = pagesOf.get(session) ?? 0;
		pagesOf.set(session, index + 1);
		const name = `p${(pages++).toString(36).padStart(4, '0')}`;
		const page = createPage({
			kernel,
			gateway,
			api: apiOf(user),
			user,
			session,
			name,
			index: index % 3,
			shows: (text, fresh) => screens.shows({ name, session }, text, fresh),
			...(overheard && { overheard }),
			...(network && { network }),
			...(opened && { opened }),
			...(faults.happens('old-version') && { versions: [1] }),
		});
		keystrokes.add(page);
		return page;
	};
};

/** Dials with what it has seen of somebody else's. */
export const thiefOf =
	(kernel: Kernel, gateway: Gateway) =>
	(protocols: readonly string[], origin: string): void => {
		const life = createLife(kernel, 'thief');
		const quiet = { open: () => undefined, text: () => undefined, close: () => life.end() };
		gateway.dial({ life, url: '', protocols, origin, owner: 'thief', events: quiet });
		// One that stays would hold a place among the user's pages for ever, and their user would have to see to it.
		kernel.after(10_000, 'thief', life.end);
	};

/** Whether a page shows what its session's tmux shows. */
export const isRight = ({ shown }: Page, container: Container | undefined): boolean =>
	shown.slice(shown.lastIndexOf(redraw) + redraw.length).endsWith(container?.tmux.screen() ?? 'no container');
