/** Tests in a house of their own, with an agent that runs and viewers that come in. */
import { test as base, expect } from 'vitest';
import { fasterClock } from './clocks.ts';
import { createHouse, type House } from './house.ts';
import type { Viewer } from './viewer.ts';

interface Size {
	columns: number;
	rows: number;
}

interface Visit {
	/** how many times faster than the wall clock the house's clock goes */
	pace: number;
	house: House;
	/** everyone who was introduced */
	viewers: Viewer[];
	/** a viewer that has said nothing yet */
	introduce: (name: string, size?: Size) => Viewer;
	/** a viewer that sees a prompt */
	enter: (name: string, size?: Size) => Promise<Viewer>;
}

export const test = base.extend<Visit>({
	pace: 10,
	house: async ({ pace }, use) => {
		const house = createHouse({ clock: fasterClock(pace) });
		await house.startAgent();
		await use(house);
		await house.demolish();
	},
	// Asks for the house, so that the viewers leave before it is demolished.
	viewers: async ({ house: _ }, use) => {
		const viewers: Viewer[] = [];
		await use(viewers);
		for (const viewer of viewers) viewer.dispose();
	},
	introduce: async ({ house, viewers }, use) =>
		use((name, size) => {
			const viewer = house.viewer(name, size);
			viewers.push(viewer);
			return viewer;
		}),
	enter: async ({ introduce }, use) =>
		use(async (name, size) => {
			const viewer = introduce(name, size);
			viewer.open();
			await viewer.shows('$');
			return viewer;
		}),
});

const trimmed = (lines: string[]): string =>
	lines
		.map((line) => line.trimEnd())
		.join('\n')
		.trimEnd();

/** Waits until the emulator shows, above the status line, what tmux says is there, its cursor included. The oracle is asked anew each time. */
export const showsTheTruth = async (house: House, viewer: Pick<Viewer, 'lines' | 'cursor'>): Promise<void> => {
	const shown = (): string => `${trimmed(viewer.lines().slice(0, -1))}\n${viewer.cursor().x},${viewer.cursor().y}`;
	let own = '';
	for (let tries = 0; tries < 50; tries++) {
		own = `${trimmed(await house.capture())}\n${await house.ask('display-message', '-p', '-t', 'main', '#{cursor_x},#{cursor_y}')}`;
		if (shown() === own) return;
	}
	expect(shown()).toBe(own);
};
