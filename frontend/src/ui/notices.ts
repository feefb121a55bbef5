/** What programs tell their user (`shellpod notify`). */
import type { Session } from '@shellpod/protocol/http.ts';
import { createSignal, onCleanup } from 'solid-js';

/** Whether this browser could show notifications of its own, and its user has not said yet whether it may. */
export const mayAsk = (): boolean => 'Notification' in window && Notification.permission === 'default';

/** Some browsers have it, and let nobody make one: those of phones. */
const showByBrowser = (title: string, body: string, tag: string): void => {
	if (!('Notification' in window) || Notification.permission !== 'granted') return;
	try {
		new Notification(title, { body, tag });
	} catch (error) {
		console.warn('this browser shows no notification', error);
	}
};

/**
 * `hear`: gets each view of a session; each notice is shown once, and by the browser itself too where it may and nobody looks at the page.
 * `mark`: stands before the page's title while something was told at which nobody has looked yet.
 */
export const useNotices = (show: (session: Session, text: string) => void) => {
	const known = new Map<string, string>();
	const [unseen, setUnseen] = createSignal(false);
	const back = () => document.visibilityState === 'visible' && setUnseen(false);
	document.addEventListener('visibilitychange', back);
	onCleanup(() => document.removeEventListener('visibilitychange', back));
	const hear = (session: Session): void => {
		const { id, name, notice } = session;
		const before = known.get(id);
		const at = notice?.at ?? '';
		known.set(id, at);
		// What was there when the page came up is no news.
		if (!notice || before === undefined || at <= before) return;
		show(session, notice.text);
		if (document.visibilityState === 'visible') return;
		setUnseen(true);
		showByBrowser(name, notice.text, id);
	};
	return { hear, mark: () => (unseen() ? '● ' : '') };
};
