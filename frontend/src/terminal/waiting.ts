/** What the user typed and the agent doesn't have, as the page shows it: keystrokes that wait, a large paste on its way, old typing that was put aside. */
import { createSignal, onCleanup } from 'solid-js';
import type { TerminalStream } from '../stream/stream-options.ts';
import type { Aside } from '../stream/typing.ts';

/** bytes above which a paste shows how far it is: less is gone before anybody could read it */
const largeBytes = 64 * 1024;
/** ms between two looks */
const lookMs = 200;
/** characters of old typing that are shown */
const mostShown = 120;

/** Control characters by their pictures, Enter by its sign. */
const visible = (text: string): string =>
	Array.from(text, (char) => {
		const code = char.codePointAt(0) ?? 0;
		return char === '\r' ? '⏎' : code < 32 ? String.fromCodePoint(0x2400 + code) : code === 127 ? '␡' : char;
	}).join('');

/** How text that was typed reads. */
export const readable = (bytes: Uint8Array): string => {
	const text = Array.from(visible(new TextDecoder().decode(bytes)));
	return text.length > mostShown ? `${text.slice(0, mostShown).join('')}…` : text.join('');
};

export const createWaiting = (stream: () => TerminalStream | undefined) => {
	const [aside, setAside] = createSignal<Aside>();
	const [paste, setPaste] = createSignal<{ done: number; total: number }>();
	let looking: ReturnType<typeof setInterval> | undefined;
	const stop = () => {
		clearInterval(looking);
		looking = undefined;
		setPaste();
	};
	onCleanup(() => clearInterval(looking));

	return {
		aside: () => ((now) => (now && now.keystrokes > 0 ? now : undefined))(aside()),
		setAside,
		sendAside: () => stream()?.typing.sendAside(),
		dropAside: () => stream()?.typing.dropAside(),
		paste,
		cancelPaste: () => {
			stream()?.typing.cancel();
			stop();
		},
		/** So many bytes were taken just now. */
		typed: (bytes: number) => {
			const left = () => stream()?.typing.size ?? 0;
			const known = paste();
			if (known) setPaste({ ...known, total: known.total + bytes });
			if (known || bytes < largeBytes) return;
			const total = left();
			setPaste({ done: 0, total });
			looking = setInterval(() => {
				const now = paste();
				if (!now || left() === 0) return stop();
				setPaste({ ...now, done: now.total - left() });
			}, lookMs);
		},
		keystrokes: () => stream()?.typing.keystrokes ?? 0,
		/** bytes */
		unsent: () => stream()?.typing.size ?? 0,
	};
};
