/** A watch for as long as the page shows what uses it. */
import type { Session } from '@shellpod/protocol/http.ts';
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';
import type { Api } from '../api/client.ts';
import { wallClock } from '../stream/clock.ts';
import { openWebSocket } from '../stream/wire.ts';
import { startWatch } from './watch.ts';

/** Gives whether it is live. */
export const useWatch = (api: Pick<Api, 'watch'>, on: { session: (session: Session) => void; look: () => void }): Accessor<boolean> => {
	const [live, setLive] = createSignal(false);
	onMount(() => {
		const watch = startWatch({
			clock: wallClock,
			random: Math.random,
			ticket: api.watch,
			open: openWebSocket,
			onSession: on.session,
			onLook: on.look,
			onLive: setLive,
		});
		const back = () => document.visibilityState === 'visible' && watch.hurry();
		const putAway = (event: PageTransitionEvent) => event.persisted && watch.rest();
		document.addEventListener('visibilitychange', back);
		window.addEventListener('online', back);
		window.addEventListener('pageshow', back);
		window.addEventListener('pagehide', putAway);
		onCleanup(() => {
			document.removeEventListener('visibilitychange', back);
			window.removeEventListener('online', back);
			window.removeEventListener('pageshow', back);
			window.removeEventListener('pagehide', putAway);
			watch.stop();
		});
	});
	return live;
};
