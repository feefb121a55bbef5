import { type JSX, splitProps } from 'solid-js';
import css from './button.module.css';

export type Tone = 'plain' | 'primary' | 'danger' | 'quiet';

/** The look of a button, also for links and menu triggers. */
export const buttonClass = (tone: Tone = 'plain', square = false): string =>
	[css.button, tone === 'plain' ? undefined : css[tone], square ? css.square : undefined].filter(Boolean).join(' ');

export const Button = (props: JSX.ButtonHTMLAttributes<HTMLButtonElement> & { tone?: Tone | undefined }) => {
	const [own, rest] = splitProps(props, ['tone', 'type', 'class']);
	return <button {...rest} type={own.type ?? 'button'} class={buttonClass(own.tone)} />;
};
