import { onMount, Show } from 'solid-js';
import { signInAddress } from './auth/tokens.ts';
import css from './sign-in.module.css';
import { Button } from './ui/button.tsx';
import { Mark } from './ui/icons.tsx';

/** Why the last try did not come about: the sign-in comes back to `/?signin=<code>`. */
const failures: Record<string, string> = {
	denied: 'The sign-in was refused.',
	expired: 'That sign-in took too long, or began in another browser. Please sign in again.',
	failed: 'The sign-in did not work. Please try again.',
	unavailable: 'The sign-in is not available just now. Please try again in a minute.',
};

/** What who is signed out sees, on every path; the sign-in itself is the identity provider's page. */
export const SignIn = (props: { why?: string | undefined }) => {
	const failed = failures[new URLSearchParams(window.location.search).get('signin') ?? ''];
	const failure = () => props.why ?? failed;
	onMount(() => {
		document.title = 'ShellPod';
		if (failed) window.history.replaceState(window.history.state, '', window.location.pathname);
	});
	return (
		<main class={css.page}>
			<div class={css.card}>
				<div class={css.mark}>
					<Mark />
				</div>
				<h1 class={css.title}>Terminals that wait for you</h1>
				<p class={css.text}>Close the laptop; what you started goes on. Come back from any browser and find everything as you left it.</p>
				<Show when={failure()}>
					<p class={css.failure} role="alert">
						{failure()}
					</p>
				</Show>
				<Button tone="primary" onClick={() => window.location.assign(signInAddress(window.location.pathname))}>
					Sign in
				</Button>
			</div>
		</main>
	);
};
