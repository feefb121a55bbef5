/** What it takes to come back to a screen. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Truth } from '../relay/truth.ts';
import { type FarPage, prompt } from './browser.ts';
import type { Program } from './programs.ts';

export interface Reattached {
	/** bytes of each message with output, until the screen was there and a moment longer */
	messages: number[];
	/** ms from the page's new beginning until its screen was tmux's own */
	ms: number;
}

/** ms without a change, then a program has drawn its screen */
const restMs = 1_000;

const rests = async (truth: Truth): Promise<string[]> => {
	for (let before = ''; ; ) {
		await pause(restMs);
		const now = truth.lines().join('\n');
		if (now === before) return truth.lines();
		before = now;
	}
};

/** Runs a program, opens the page anew, and ends the program. */
export const reattach = async (far: FarPage, truth: Truth, program: Program): Promise<Reattached> => {
	await far.type(`${program.command}\n`);
	const lines = await rests(truth);
	await far.showsAll(lines);
	// The text may be there while its colours are still on their way.
	do await pause(restMs);
	while (far.takeMessages().length > 0);
	const begun = performance.timeOrigin + performance.now();
	await far.page.reload({ waitUntil: 'commit' });
	const shown = await far.showsAll(lines);
	await pause(restMs);
	const messages = far.takeMessages();
	for (const key of program.end) await far.press(key === '\x1b' ? 'Escape' : key === '\r' ? 'Enter' : key);
	await far.type('clear\n');
	await far.shows(prompt);
	return { messages, ms: shown - begun };
};
