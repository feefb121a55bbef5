import type { ITheme } from '@xterm/xterm';

/** Dark in light mode too: programs' colours are made for it. Each colour but black has at least 4.5:1 on the background. */
export const theme: ITheme = {
	background: '#101413',
	foreground: '#e4e7e2',
	cursor: '#7fe0b6',
	cursorAccent: '#101413',
	selectionBackground: '#3c5a4f',
	selectionInactiveBackground: '#2c3b36',
	black: '#2a302d',
	red: '#ff8279',
	green: '#7bd88f',
	yellow: '#e8c46b',
	blue: '#7ab0ff',
	magenta: '#d79bff',
	cyan: '#5fd1d6',
	white: '#cfd4cf',
	brightBlack: '#858f89',
	brightRed: '#ffa199',
	brightGreen: '#a0ebae',
	brightYellow: '#f7d98c',
	brightBlue: '#a3c9ff',
	brightMagenta: '#e5bcff',
	brightCyan: '#8fe4e8',
	brightWhite: '#ffffff',
};

export const fontFamily =
	'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", monospace';
