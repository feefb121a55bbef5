/** Keys that touch keyboards don't have. They leave the focus, and so the keyboard, where it is. */
import { For, onCleanup } from 'solid-js';
import css from './key-bar.module.css';
import type { Modifiers } from './modifiers.ts';

export interface KeyBarActions {
	/** a character or an escape sequence */
	onKey: (data: string) => void;
	onArrow: (name: 'up' | 'down' | 'left' | 'right') => void;
	onToggle: (name: keyof Modifiers) => void;
	onPaste: () => void;
}

/** ms until a held key repeats, and between two repetitions */
const repeat = { first: 400, next: 70 } as const;

export const KeyBar = (props: KeyBarActions & { modifiers: Modifiers; raisedBy: number }) => {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const release = () => clearTimeout(timer);
	onCleanup(release);

	const key = (label: string, press: () => void, options: { name?: string; repeats?: boolean; modifier?: keyof Modifiers } = {}) => ({
		label,
		press,
		...options,
	});
	const arrow = (label: string, name: 'up' | 'down' | 'left' | 'right') =>
		key(label, () => props.onArrow(name), { name: `Arrow ${name}`, repeats: true });
	const char = (label: string) => key(label, () => props.onKey(label));
	const keys = [
		key('Esc', () => props.onKey('\x1b')),
		key('Tab', () => props.onKey('\t'), { repeats: true }),
		key('Ctrl', () => props.onToggle('ctrl'), { modifier: 'ctrl' }),
		key('Alt', () => props.onToggle('alt'), { modifier: 'alt' }),
		arrow('←', 'left'),
		arrow('↑', 'up'),
		arrow('↓', 'down'),
		arrow('→', 'right'),
		key('^C', () => props.onKey('\x03'), { name: 'Control C' }),
		...['|', '/', '-', '~'].map(char),
		key('Paste', () => props.onPaste()),
	];

	const hold = (press: () => void) => {
		press();
		timer = setTimeout(() => hold(press), repeat.next);
	};
	return (
		<div class={css.bar} role="toolbar" aria-label="Keys" style={{ transform: `translateY(${-props.raisedBy}px)` }}>
			<For each={keys}>
				{(one) => (
					<button
						type="button"
						class={css.key}
						aria-label={one.name}
						aria-pressed={one.modifier ? props.modifiers[one.modifier] : undefined}
						// The focus stays in the terminal, and with it the keyboard on the screen.
						onMouseDown={(event) => event.preventDefault()}
						onPointerDown={() => {
							release();
							if (one.repeats) timer = setTimeout(() => hold(one.press), repeat.first);
						}}
						onPointerUp={release}
						onPointerCancel={release}
						onPointerLeave={release}
						onContextMenu={(event) => event.preventDefault()}
						onClick={() => one.press()}
					>
						{one.label}
					</button>
				)}
			</For>
		</div>
	);
};
