/** What programs tell their user (`shellpod notify`). */
import type { Session } from '@shellpod/protocol/http.ts';

/** Whether this browser could show notifications of its own, and its user has not said yet whether it may. */
export const mayAsk = (): boolean => 'Notification' in window && Notification.permission === 'default';

/** Gives what is to hear of each view of a session: each notice is shown once, and by the browser itself too where it may and nobody looks at the page. */
export const createNotices = (show: (session: Session, text: string) => void) => {
	const known = new Map<string, string>();
	return (session: Session): void => {
		const { id, name, notice } = session;
		const before = known.get(id);
		const at = notice?.at ?? '';
		known.set(id, at);
		// What was there when the page came up is no news.
		if (!notice || before === undefined || at <= before) return;
		show(session, notice.text);
		if (document.visibilityState === 'hidden' && 'Notification' in window && Notification.permission === 'granted')
			new Notification(name, { body: notice.text, tag: id });
	};
};
