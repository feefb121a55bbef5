/** What the tables of cases are made of. */
import { expect, test } from 'vitest';
import { createWorld, type World } from './world.ts';

/** At a minute something is done, or the dashboard says this. */
export type Step = [minute: number, what: string | ((world: World) => Promise<unknown>)];

export interface Case {
	rules: string;
	does: string;
	/** ms that the task's own wall clock is wrong by */
	clockOff?: number;
	steps: Step[];
	/** the minute in which it is stopped, and what the dashboard says then */
	stops: [minute: number, sentence: string];
	/** what is tried after that, and starts nothing */
	afterwards?: (world: World) => Promise<void>;
}

/** ms that a row may take, on a machine with much else to do */
const patience = 120_000;

export const runs =
	(command: string, words = command) =>
	async ({ house, look }: World): Promise<void> => {
		await house.runs(command);
		await house.until(words);
		await look();
	};
export const listens =
	(command: string, words: string) =>
	async ({ house, look }: World): Promise<void> => {
		await house.runs(command);
		await house.until(words, ({ listens: open }) => open);
		await look();
	};
export const ends =
	(words: string) =>
	async ({ house }: World): Promise<void> => {
		await house.kill(words);
	};

/** Each row is a test: what was said at each minute, when it is stopped, and what is said then. */
export const show = (cases: readonly Case[]): void => {
	test.each(cases)('[$rules] $does', { timeout: patience }, async ({ steps, stops, afterwards, clockOff = 0 }) => {
		const world = await createWorld({ clockOff });
		const said: unknown[] = [];
		for (const [at, what] of steps) {
			await world.pass(Math.max(0, at - world.minutes()));
			if (typeof what === 'string') said.push([at, await world.says()]);
			else await what(world);
		}
		const stopped = await world.untilStopped(6 * 60);
		expect({ said, stops: [stopped, await world.says()] }).toEqual({ said: steps.filter(([, what]) => typeof what === 'string'), stops });
		await afterwards?.(world);
	});
};
