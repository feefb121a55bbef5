import { onMount } from 'solid-js';
import { signInAddress } from './auth/tokens.ts';
import css from './sign-in.module.css';
import { Button } from './ui/button.tsx';
import { Mark } from './ui/icons.tsx';

/** What who is signed out sees, on every path; the sign-in itself is the identity provider's page. */
export const SignIn = () => {
	onMount(() => {
		document.title = 'ShellPod';
	});
	return (
		<main class={css.page}>
			<div class={css.card}>
				<div class={css.mark}>
					<Mark />
				</div>
				<h1 class={css.title}>Terminals that wait for you</h1>
				<p class={css.text}>Close the laptop; what you started goes on. Come back from any browser and find everything as you left it.</p>
				<Button tone="primary" onClick={() => window.location.assign(signInAddress(window.location.pathname))}>
					Sign in
				</Button>
			</div>
		</main>
	);
};
