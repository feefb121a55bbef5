/** The gate page: takes the key from the address or asks for it. */
import { escapeHtml, type RenderedPage, renderPage } from '../own-page.ts';

/** where the page sends the key */
export const gatePath = '/_gate';

/**
 * The key in the address is given without a click, and leaves the address at once. A browser that came from another site did not send
 * its cookie; asking again from here does, so such a visitor goes on without giving the key. The link may also be opened over this page.
 */
const script = `
(() => {
	const form = document.forms[0];
	const here = location.pathname + location.search;
	const asked = here !== '${gatePath}';
	if (asked) form.elements.to.value = here;
	const take = () => {
		const key = /^#key=(.+)$/.exec(location.hash);
		if (!key) return false;
		document.body.className = 'busy';
		history.replaceState(null, '', here);
		form.elements.key.value = key[1];
		form.submit();
		return true;
	};
	addEventListener('hashchange', take);
	if (!take() && asked) {
		fetch('${gatePath}').then((answer) => {
			if (answer.status === 204) location.replace(here);
		}, () => {});
	}
})();
`;

export interface GateNotice {
	/** one sentence above the field */
	notice?: string;
	/** where to go on to, once the key is right */
	to?: string;
}

export const gatePage = ({ notice, to = '/' }: GateNotice = {}): RenderedPage =>
	renderPage({
		title: 'This ShellPod has a key',
		body: `<p>Open the link that <code>npm start</code> printed, or paste its key here.</p>
<form method="post" action="${gatePath}">
${notice ? `<p class="wrong" role="alert">${escapeHtml(notice)}</p>\n` : ''}<label for="key">Key</label>
<input id="key" name="key" type="text" required autofocus autocomplete="off" autocapitalize="none" spellcheck="false">
<input type="hidden" name="to" value="${escapeHtml(to)}">
<button type="submit">Go on</button>
</form>
<noscript><p class="hint">Scripts are off: the key in the link can't be read, paste it.</p></noscript>`,
		script,
	});
