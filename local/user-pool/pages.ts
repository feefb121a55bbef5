/** The pages of the sign-in: the one field, and what is shown to a browser that can't be sent back. */
import { escapeHtml, type RenderedPage, renderPage } from '../own-page.ts';

export interface SignInForm {
	/** address that the form goes to */
	action: string;
	/** the one-time value that shows that the form is ours */
	form: string;
	/** what stood in the field */
	name?: string;
	/** what was wrong with it, one sentence */
	wrong?: string;
}

export const signInPage = ({ action, form, name = '', wrong }: SignInForm): RenderedPage =>
	renderPage({
		title: 'Who are you?',
		body: `<p>Your sessions are kept under this name. A new name makes a new user.</p>
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="form" value="${escapeHtml(form)}">
<label for="username">User name</label>
<input id="username" name="username" type="text" value="${escapeHtml(name)}" required maxlength="32" autofocus autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" aria-describedby="hint"${wrong ? ' aria-invalid="true"' : ''}>
<p class="hint${wrong ? ' wrong' : ''}" id="hint"${wrong ? ' role="alert"' : ''}>${escapeHtml(wrong ?? 'Up to 32 small letters, digits and dashes.')}</p>
<button type="submit">Continue</button>
</form>
<p class="note">This sign-in is for this machine only. It asks for no password: whoever has this ShellPod’s key may be any user. Deployed, ShellPod signs its users in with Amazon Cognito.</p>`,
	});

export const refusedPage = (why: string): RenderedPage =>
	renderPage({ title: 'This sign-in can’t go on', body: `<p>${escapeHtml(why)}</p>\n<p class="note">Go back to ShellPod and sign in again.</p>` });
