/**
 * What a program puts into the clipboard by OSC 52: write only, and only while the user is here. tmux 3.3a sends an empty selector,
 * which the stock add-on ignores. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html (OSC 52)
 */

import { plainText } from './plain-text.ts';

/** bytes of text that a program may put there */
const maxBytes = 100 * 1024;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of `<selectors>;<base64>`; undefined for a question (`?`), for too much, and for what is no text. */
export const clipboardText = (data: string): string | undefined => {
	const match = /^[cpqs0-7]*;([A-Za-z0-9+/]+={0,2})$/.exec(data);
	const base64 = match?.[1];
	if (!base64 || base64.length > (maxBytes * 4) / 3) return undefined;
	try {
		return plainText(decoder.decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))));
	} catch {
		return undefined;
	}
};
