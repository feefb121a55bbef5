import type { ShellPodError } from '@shellpod/protocol/errors.ts';
import { Route, Router } from '@solidjs/router';
import { createSignal, lazy, Match, onCleanup, onMount, type ParentProps, Switch } from 'solid-js';
import { createApi } from './api/client.ts';
import { AppProvider } from './app-context.ts';
import { watchSignOuts } from './auth/sign-outs.ts';
import { createTokens, signOutAddress, webLock } from './auth/tokens.ts';
import css from './sign-in.module.css';
import { SignIn } from './sign-in.tsx';
import { wallClock } from './stream/clock.ts';
import { asError, Problem } from './ui/problem.tsx';
import { createServerClock } from './ui/time.ts';

const Dashboard = lazy(() => import('./dashboard/dashboard.tsx'));
const TerminalPage = lazy(() => import('./terminal/terminal-page.tsx'));

type Access = { kind: 'unknown' } | { kind: 'in'; name: string } | { kind: 'out'; why?: string } | { kind: 'error'; error: ShellPodError };

/** ms between two tries to find out who is here */
const againMs = 3_000;

export const App = () => {
	const [access, setAccess] = createSignal<Access>({ kind: 'unknown' });
	const serverClock = createServerClock();
	const fetchWithTime = async (path: string, init: RequestInit) => {
		const response = await window.fetch(path, init);
		serverClock.heard(response.headers.get('date'));
		return response;
	};
	const tokens = createTokens({ fetch: fetchWithTime, lock: webLock, clock: wallClock });
	const api = createApi({ fetch: fetchWithTime, tokens, onSignedOut: (why) => setAccess({ kind: 'out', ...(why !== undefined && { why }) }) });

	let again: ReturnType<typeof setTimeout> | undefined;
	const enter = async () => {
		clearTimeout(again);
		try {
			const { name } = await tokens.get();
			setAccess({ kind: 'in', name });
			// The largest part of the page; it is there when somebody opens a terminal.
			void TerminalPage.preload();
		} catch (thrown) {
			const error = asError(thrown);
			if (error.code === 'unauthenticated') return setAccess({ kind: 'out' });
			if (error.code === 'forbidden') return setAccess({ kind: 'out', why: error.message });
			setAccess({ kind: 'error', error });
			again = setTimeout(() => void enter(), againMs);
		}
	};
	onMount(() => void enter());
	onCleanup(() => clearTimeout(again));
	const signOuts = watchSignOuts(window.localStorage, () => {
		// Nothing of before is in view while the page asks anew who is here.
		setAccess({ kind: 'unknown' });
		window.location.reload();
	});
	onCleanup(signOuts.stop);
	const signOut = () => {
		signOuts.tell();
		window.location.assign(signOutAddress);
	};

	const Gate = (props: ParentProps) => (
		<Switch>
			<Match when={((now) => now.kind === 'out' && now)(access())}>{(out) => <SignIn why={out().why} />}</Match>
			<Match when={access().kind === 'in'}>{props.children}</Match>
			<Match when={((now) => now.kind === 'error' && now.error)(access())}>
				{(error) => (
					<main class={css.page}>
						<Problem error={error()} onRetry={() => void enter()} />
					</main>
				)}
			</Match>
		</Switch>
	);

	return (
		<AppProvider
			value={{
				api,
				serverClock,
				name: () => ((now) => (now.kind === 'in' ? now.name : ''))(access()),
				signOut,
			}}
		>
			<Router root={Gate}>
				<Route path="/" component={Dashboard} />
				<Route path="/sessions/:id" component={TerminalPage} />
				<Route path="*" component={Dashboard} />
			</Router>
		</AppProvider>
	);
};
