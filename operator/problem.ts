/** How the command ends. */
export const exits = {
	done: 0,
	/** nothing was changed: one line says why, and how to mend it */
	refused: 1,
	/** the command line is wrong */
	usage: 2,
	/** begun and not finished: the same command again goes on where it ended */
	unfinished: 3,
} as const;

export type Exit = (typeof exits)[keyof typeof exits];

/** What ends the command: for the operator, in their words. */
export class Problem extends Error {
	readonly exit: Exit;
	constructor(message: string, exit: Exit = exits.refused, options: ErrorOptions = {}) {
		super(message, options);
		this.exit = exit;
	}
}
