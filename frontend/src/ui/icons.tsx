import type { JSX } from 'solid-js';

const Icon = (props: { children: JSX.Element; size?: number }) => (
	<svg
		viewBox="0 0 20 20"
		width={props.size ?? 20}
		height={props.size ?? 20}
		fill="none"
		stroke="currentColor"
		stroke-width="1.8"
		stroke-linecap="round"
		stroke-linejoin="round"
		aria-hidden="true"
	>
		{props.children}
	</svg>
);

export const PlusIcon = () => (
	<Icon size={18}>
		<path d="M10 4v12M4 10h12" />
	</Icon>
);

export const MoreIcon = () => (
	<Icon>
		<circle cx="4" cy="10" r="1.1" fill="currentColor" />
		<circle cx="10" cy="10" r="1.1" fill="currentColor" />
		<circle cx="16" cy="10" r="1.1" fill="currentColor" />
	</Icon>
);

export const BackIcon = () => (
	<Icon>
		<path d="M12 4l-6 6 6 6" />
	</Icon>
);

export const PersonIcon = () => (
	<Icon>
		<circle cx="10" cy="7" r="3.2" />
		<path d="M3.8 17c.8-3.2 3.2-4.8 6.2-4.8s5.4 1.6 6.2 4.8" />
	</Icon>
);

export const TerminalIcon = () => (
	<Icon size={18}>
		<path d="M4 5l5 5-5 5M11 15.5h5.5" />
	</Icon>
);

export const Mark = () => (
	<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
		<rect x="1" y="1" width="30" height="30" rx="9.5" fill="#0d6b4f" />
		<path d="M9 11l5.5 5L9 21" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round" />
		<path d="M17.5 21.5h6" stroke="#8fe3c0" stroke-width="2.8" stroke-linecap="round" />
	</svg>
);
