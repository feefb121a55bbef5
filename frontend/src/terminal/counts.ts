/** How often a program may ask for the same thing in one sequence: the terminal does it one by one, and a tab that counts to two milliards hangs. */
import type { IParser } from '@xterm/xterm';

/** repeat, scroll, insert and delete lines, tabs: those that loop as often as they are told */
const looping = ['b', 'S', 'T', '^', 'L', 'M', 'I', 'Z'];
/** more than any grid has rows or columns */
const most = 10_000;

export const boundCounts = (parser: IParser): void => {
	for (const final of looping) parser.registerCsiHandler({ final }, (params) => params.some((count) => Number(count) > most));
};
