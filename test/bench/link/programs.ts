/** Programs whose screens are come back to. */
export interface Program {
	name: string;
	/** typed at the prompt */
	command: string;
	/** Ends it. */
	end: string;
	/** bytes that its screen may take; without, it is one message */
	most: number;
}

/** bytes: one message below the gateway's unit; and the most that any screen may take */
const message = 30 * 1024;
const any = 128 * 1024;

export const programs: readonly Program[] = [
	{ name: 'shell', command: 'clear; ls -la --color=always /usr/bin | tail -n 60', end: '', most: message },
	{ name: 'vim', command: 'vim -n "+syntax on" screens.mjs', end: '\x1b:q!\r', most: message },
	{ name: 'less', command: 'less large.txt', end: 'q', most: message },
	{ name: 'htop', command: 'htop -d 100', end: 'q', most: message },
	{ name: 'AI tool', command: 'node screens.mjs tui', end: 'q', most: message },
	{ name: 'emoji', command: 'node screens.mjs emoji', end: 'q', most: message },
	{ name: 'true colour', command: 'node screens.mjs colours', end: 'q', most: any },
];
