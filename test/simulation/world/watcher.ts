/** A page that shows its user's sessions: the page's own watch, and around it the list as the dashboard reads it. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session } from '@shellpod/protocol/http.ts';
import { newest, withNewer } from '../../../frontend/src/watch/newest.ts';
import { startWatch } from '../../../frontend/src/watch/watch.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createLife } from '../kernel/life.ts';
import type { Api } from './api.ts';
import type { Gateway } from './gateway.ts';
import { pageOrigin } from './names.ts';

export interface Watcher {
	readonly user: string;
	/** since when it hears of changes; undefined while it doesn't */
	readonly liveSince: number | undefined;
	/** what it shows of a session */
	shown(session: string): Session | undefined;
}

/** ms between two looks, as in the page */
const poll = { moving: 1_000, resting: 5_000, told: 15_000 };

const isMoving = ({ state }: Session): boolean => state === 'Starting' || state === 'Stopping';

export const createWatcher = (options: { kernel: Kernel; gateway: Gateway; api: Api; user: string; name: string }): Watcher => {
	const { kernel, gateway, api, user, name } = options;
	const life = createLife(kernel, `watcher ${name}`);
	const chance = kernel.random(`watcher/${name}`);
	let known: readonly Session[] = [];
	let liveSince: number | undefined;
	let cancel = (): void => undefined;
	let running = false;
	let again = false;

	const look = async (): Promise<void> => {
		if (running) {
			again = true;
			return;
		}
		running = true;
		cancel();
		let failed = false;
		try {
			const { sessions } = await life.living(api.list());
			// What is known now, not when it was asked: a line may have told more meanwhile.
			known = newest(known, sessions);
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
			failed = true;
		}
		running = false;
		const moving = known.some(isMoving);
		const pause = liveSince !== undefined && !failed ? (moving ? poll.told : undefined) : moving ? poll.moving : poll.resting;
		if (again) {
			again = false;
			void look();
		} else if (pause !== undefined) cancel = life.after(pause, () => void look());
	};

	startWatch({
		clock: { now: kernel.now, after: life.after },
		random: () => chance.next(),
		ticket: () => life.living(api.watch()),
		open: (url, protocols, events) => {
			const client = gateway.dial({
				life,
				url,
				protocols,
				origin: pageOrigin,
				owner: { watcher: user },
				events: { open: events.open, text: events.message, close: (code) => events.closed(code) },
			});
			return { send: client.send, close: () => client.close(1000) };
		},
		onSession: (session) => {
			const next = withNewer(known, session);
			if (!next) return void look();
			// What is moving is asked for now and then.
			const began = isMoving(session) && !known.some(isMoving);
			known = next;
			if (began) void look();
		},
		onLook: () => void look(),
		onLive: (live) => {
			liveSince = live ? kernel.now() : undefined;
			if (!live) void look();
		},
	});
	void look();

	return {
		user,
		get liveSince() {
			return liveSince;
		},
		shown: (session) => known.find(({ id }) => id === session),
	};
};
