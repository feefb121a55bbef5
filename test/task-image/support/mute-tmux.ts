import type { Pty } from '@shellpod/task-image/agent/pty.ts';
import type { Tmux } from '@shellpod/task-image/agent/tmux.ts';

/** A tmux that says nothing by itself, skips nothing, and has no hurry. */
export const muteTmux: Tmux = {
	environment: {},
	home: '/',
	attach: ['tmux'],
	ensure: async () => undefined,
	alive: async () => true,
	skipped: async () => 0,
	turn: async () => {},
};

/** A terminal whose program takes what is typed. */
export const mutePty: Pty = {
	name: '/dev/pts/1',
	write: ({ length }) => length,
	pause: () => undefined,
	resume: () => undefined,
	resize: () => undefined,
	kill: () => undefined,
};
