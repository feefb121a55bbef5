/** xterm.js as the stream's screen: the one module that knows it. */
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ILink, Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Screen, Size } from '../stream/screen.ts';
import { isAnswer, isFocusReport } from './answers.ts';
import { clipboardText } from './clipboard.ts';
import { emulatorOptions, prepareEmulator, resizeEmulator, screenOf } from './emulator.ts';
import { pressesEnter } from './paste.ts';
import { plainText } from './plain-text.ts';
import { attachRenderer } from './renderer.ts';
import { clickOnTap } from './tap.ts';
import { fontFamily, theme } from './theme.ts';

export interface XtermOptions {
	host: HTMLElement;
	fontSize: number;
	/** what the user typed or pasted */
	onType: (data: string) => void;
	/** lines are to be pasted into a program that would take each end for Enter; `paste` does it */
	onRiskyPaste: (text: string, paste: () => void) => void;
	/** reports that are bytes, not text (old mouse encodings) */
	onBytes: (bytes: Uint8Array) => void;
	/** what the terminal says by itself: whether it has the focus */
	onAnswer: (data: string) => void;
	/** a program wrote to the clipboard */
	onClipboard: (text: string) => void;
	/** the cursor moved */
	onMove: () => void;
	/** a cell has another size: another font size, another renderer */
	onCell: () => void;
	/** the user wants out of the terminal with the keyboard */
	onLeave: () => void;
}

export interface Xterm {
	screen: Screen;
	/** one string per visible row; [] before the first screen */
	textLines(): string[];
	focus(): void;
	/** Lines only after `onRiskyPaste`, where the program would run them as they come. */
	paste(text: string): void;
	/** a key of the key bar */
	key(name: 'up' | 'down' | 'left' | 'right'): void;
	/** CSS pixels of a cell at the current font size; undefined before the first layout */
	cell(): { width: number; height: number } | undefined;
	size(): Size;
	resize(size: Size): void;
	/** CSS pixels from the top of the terminal to the lower edge of the cursor's row */
	cursorBottom(): number;
	setFontSize(pixels: number): void;
	setScreenReader(on: boolean): void;
	dispose(): void;
}

const openLink = (event: MouseEvent, address: string) => {
	if (!event.ctrlKey && !event.metaKey) return;
	const url = URL.parse(address);
	if (url?.protocol === 'http:' || url?.protocol === 'https:') window.open(url, '_blank', 'noopener,noreferrer');
};

export const createXterm = (options: XtermOptions): Xterm => {
	const { host } = options;
	const showLink = (_event: MouseEvent, text: string) => {
		const target = URL.parse(text);
		host.title = `Ctrl or Cmd and click to open ${target ? target.host : 'the link'}`;
	};
	const hideLink = () => host.removeAttribute('title');

	const terminal = new Terminal({
		...emulatorOptions,
		cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
		fontFamily,
		fontSize: options.fontSize,
		// More leaves gaps in the lines between panes where the DOM draws them.
		lineHeight: 1,
		linkHandler: { activate: openLink, hover: showLink, leave: hideLink },
		macOptionClickForcesSelection: true,
		rescaleOverlappingGlyphs: true,
		theme,
	});
	prepareEmulator(terminal);
	terminal.loadAddon(new WebLinksAddon(openLink, { hover: showLink, leave: hideLink } satisfies Partial<ILink>));
	terminal.open(host);
	const renderer = attachRenderer(terminal);
	clickOnTap(host);

	let began = false;
	terminal.onData((data) => {
		if (!isAnswer(data)) options.onType(data);
		else if (isFocusReport(data)) options.onAnswer(data);
	});
	const paste = (text: string) => {
		const plain = plainText(text);
		const go = () => terminal.paste(plain);
		if (pressesEnter(plain) && !terminal.modes.bracketedPasteMode) options.onRiskyPaste(plain, go);
		else go();
	};
	// Before the terminal's own listeners, which let control characters through.
	host.addEventListener(
		'paste',
		(event) => {
			event.preventDefault();
			event.stopPropagation();
			paste(event.clipboardData?.getData('text/plain') ?? '');
		},
		{ capture: true },
	);
	terminal.onBinary((data) => options.onBytes(Uint8Array.from(data, (char) => char.charCodeAt(0))));
	terminal.onCursorMove(options.onMove);
	terminal.onDimensionsChange(options.onCell);
	terminal.onRender(() => renderer.check());
	terminal.parser.registerOscHandler(52, (data) => {
		const text = clipboardText(data);
		if (text !== undefined && document.hasFocus()) options.onClipboard(text);
		return true;
	});
	terminal.attachCustomKeyEventHandler((event) => {
		if (event.type !== 'keydown') return true;
		if (event.ctrlKey && event.shiftKey && event.key === 'F6') {
			options.onLeave();
			return false;
		}
		// Where there is something to copy, the terminal's usual key copies it; else it belongs to the browser.
		if (event.ctrlKey && event.shiftKey && event.code === 'KeyC' && terminal.hasSelection()) {
			event.preventDefault();
			void navigator.clipboard.writeText(terminal.getSelection());
			return false;
		}
		return true;
	});

	const screen = screenOf(terminal);
	const textarea = terminal.textarea;
	for (const [name, value] of Object.entries({ autocorrect: 'off', autocapitalize: 'none', autocomplete: 'off', spellcheck: 'false' }))
		textarea?.setAttribute(name, value);
	textarea?.setAttribute('aria-describedby', 'terminal-help');

	return {
		screen: {
			begin: (size, bytes, shown) => {
				began = true;
				screen.begin(size, bytes, shown);
			},
			write: screen.write,
		},
		textLines: () => {
			if (!began) return [];
			const buffer = terminal.buffer.active;
			return Array.from(
				{ length: terminal.rows },
				(_, row) =>
					buffer
						.getLine(buffer.viewportY + row)
						?.translateToString(true)
						.trimEnd() ?? '',
			);
		},
		focus: () => terminal.focus(),
		paste,
		key: (name) => {
			const letter = { up: 'A', down: 'B', right: 'C', left: 'D' }[name];
			options.onType(`\x1b${terminal.modes.applicationCursorKeysMode ? 'O' : '['}${letter}`);
		},
		cell: () => {
			const cell = terminal.dimensions?.css.cell;
			return cell && cell.width > 0 && cell.height > 0 ? { width: cell.width, height: cell.height } : undefined;
		},
		size: () => ({ columns: terminal.cols, rows: terminal.rows }),
		resize: (size) => resizeEmulator(terminal, size),
		cursorBottom: () => (terminal.buffer.active.cursorY + 1) * (terminal.dimensions?.css.cell.height ?? 0),
		setFontSize: (pixels) => {
			terminal.options.fontSize = pixels;
		},
		setScreenReader: (on) => {
			terminal.options.screenReaderMode = on;
		},
		dispose: () => {
			renderer.dispose();
			terminal.dispose();
		},
	};
};
