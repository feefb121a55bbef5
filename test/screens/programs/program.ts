/** A real program, and how a seed uses it. */

export interface Size {
	columns: number;
	rows: number;
}

/** What happens next to a program; a schedule is a list of them. */
export type Deed =
	/** the user types, in one go */
	| { type: string }
	/** the window of the user's device changes */
	| { resize: Size }
	/** something else changes the session: a tmux command from outside */
	| { tmux: string }
	/** the user waits for this to be on the screen; after Ctrl+C, say, the terminal throws away what was typed ahead */
	| { shows: string };

/** What a bout of a seed draws from. */
export interface Dice {
	/** from 0 to below `below` */
	upTo(below: number): number;
	pick<T>(from: readonly T[]): T;
	/** whether something happens whose probability this is */
	chance(probability: number): boolean;
	/** a name that comes once */
	word(): string;
	size(leastColumns?: number): Size;
}

export interface Program {
	readonly name: string;
	/** the Debian package that brings it, where the machine may not have it */
	readonly package?: string;
	/** columns that it needs to show a word */
	readonly columns?: number;
	/** Its files: name -> content. */
	files?(dice: Dice): Record<string, string | Uint8Array>;
	/** typed to the shell; the program is there when the screen shows the text */
	readonly start?: { command: string; shows: string };
	/** a while of use */
	bout(dice: Dice): Deed[];
	/** Comes to rest and shows this word, not before everything else that was typed has happened. */
	say(word: string): Deed[];
}

export const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** For programs that are the shell's own commands: it says the word in two halves, so that what is typed is not yet what is shown. */
export const saidByShell = (word: string): Deed[] => [{ type: `\x15echo ${word.slice(0, 2)}''${word.slice(2)}\r` }];
