/** The terminal in its place on the page, and the keys of a touch device under it. */
import type { SizeReason } from '@shellpod/protocol/record.ts';
import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show } from 'solid-js';
import { wallClock } from '../stream/clock.ts';
import { KeyBar } from './key-bar.tsx';
import { type Modifiers, withModifiers } from './modifiers.ts';
import { PasteDialog } from './paste-dialog.tsx';
import { watchSoftKeyboard } from './soft-keyboard.ts';
import { createStage, type Stage } from './stage.ts';
import css from './terminal-view.module.css';

declare global {
	interface HTMLElement {
		/** The rows of the terminal as text, one string each; [] before the first screen. On `[data-testid=terminal]`. */
		textLines?(): string[];
	}
}

export type TerminalHandle = Pick<Stage, 'screen' | 'wish' | 'focus'>;

const none: Modifiers = { ctrl: false, alt: false };

export const TerminalView = (props: {
	name: string;
	/** what is shown is not what is there now */
	old: boolean;
	fontSize: number;
	screenReader: boolean;
	onReady: (handle: TerminalHandle) => void;
	onType: (bytes: Uint8Array) => void;
	onAnswer: (bytes: Uint8Array) => void;
	/** another size fits, or the user wants this device's size now */
	onAskForSize: (reason: SizeReason) => void;
	onClipboard: (text: string) => void;
	onLeave: () => void;
	onPasteRefused: () => void;
	children?: JSX.Element;
}) => {
	let section!: HTMLElement;
	let frame!: HTMLDivElement;
	let host!: HTMLDivElement;
	const touch = window.matchMedia('(pointer: coarse)');
	const [coarse, setCoarse] = createSignal(touch.matches);
	const [modifiers, setModifiers] = createSignal(none);
	const [covered, setCovered] = createSignal(0);
	const [shift, setShift] = createSignal(0);
	const [foreign, setForeign] = createSignal(false);
	const [stage, setStage] = createSignal<Stage>();
	/** lines that wait for the user's word; `from`: what had the focus */
	const [risky, setRisky] = createSignal<{ text: string; paste: () => void; from: Element | null }>();
	let pastesLines = false;
	const encoder = new TextEncoder();

	const type = (data: string) => {
		const bytes = encoder.encode(withModifiers(data, modifiers()));
		setModifiers(none);
		props.onType(bytes);
	};

	onMount(() => {
		const made = createStage({
			clock: wallClock,
			host,
			frame,
			fontSize: props.fontSize,
			onType: type,
			onBytes: (bytes) => props.onType(bytes),
			onRiskyPaste: (text, paste) => (pastesLines ? paste() : setRisky({ text, paste, from: document.activeElement })),
			onAnswer: (data) => props.onAnswer(encoder.encode(data)),
			onClipboard: (text) => props.onClipboard(text),
			onLeave: () => props.onLeave(),
			onSize: () => props.onAskForSize('resize'),
			onForeign: setForeign,
			onShift: setShift,
		});
		setStage(made);
		section.textLines = made.textLines;
		const unwatch = watchSoftKeyboard(document.documentElement, (pixels) => {
			setCovered(pixels);
			made.cover(pixels);
		});
		const onTouch = () => setCoarse(touch.matches);
		touch.addEventListener('change', onTouch);
		onCleanup(() => {
			touch.removeEventListener('change', onTouch);
			unwatch();
			made.dispose();
		});
		props.onReady({
			screen: made.screen,
			wish: made.wish,
			// On a touch device the focus calls the keyboard up; that is the user's tap to do.
			focus: () => !coarse() && made.focus(),
		});
	});
	createEffect(
		on(
			() => props.fontSize,
			(pixels) => stage()?.setFontSize(pixels),
			{ defer: true },
		),
	);
	createEffect(() => stage()?.setScreenReader(props.screenReader));

	const paste = async () => {
		try {
			stage()?.paste(await navigator.clipboard.readText());
		} catch {
			props.onPasteRefused();
		}
	};

	return (
		<>
			<section
				ref={section}
				class={css.stage}
				aria-label={props.name ? `Terminal of ${props.name}` : 'Terminal'}
				data-testid="terminal"
				style={{ '--covered': `${covered()}px` }}
			>
				<p id="terminal-help" class="unseen">
					Control Shift F6 leaves the terminal.
				</p>
				{/* Before the terminal, which keeps Tab for itself: from the bar the keyboard comes to these first. */}
				{props.children}
				<div ref={frame} class={css.frame} style={{ transform: `translateY(${-shift()}px)` }}>
					<div ref={host} class={css.host} classList={{ [css.old ?? '']: props.old }} />
				</div>
				<Show when={foreign() && !props.old}>
					<button
						type="button"
						class={css.claim}
						onClick={() => {
							props.onAskForSize('use');
							stage()?.focus();
						}}
					>
						Use my size
					</button>
				</Show>
			</section>
			<Show when={risky()} keyed>
				{(asked) => (
					<PasteDialog
						text={asked.text}
						focusBack={() => (asked.from instanceof HTMLElement && section.contains(asked.from) ? asked.from : undefined)}
						onPaste={(always) => {
							pastesLines = always;
							asked.paste();
						}}
						onClose={() => setRisky()}
					/>
				)}
			</Show>
			<Show when={coarse()}>
				<KeyBar
					modifiers={modifiers()}
					raisedBy={covered()}
					onKey={type}
					onArrow={(name) => stage()?.key(name)}
					onToggle={(name) => setModifiers((now) => ({ ...now, [name]: !now[name] }))}
					onPaste={() => void paste()}
				/>
			</Show>
		</>
	);
};
