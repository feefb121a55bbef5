/** The history of a session is tmux's, and the page sees it in copy mode: what was printed while the page was cut off is there too. */
import { expect, it } from 'vitest';
import { run } from '../task-image/support/house.ts';
import { createDice } from './schedule/dice.ts';
import { createWorld } from './world/world.ts';

/** the most rows that a terminal may have, so that the history is few pages */
const size = { columns: 100, rows: 300 };
/** tmux's limit is less, and it lets go of a tenth when it is reached */
const printed = 60_000;
const bouts = 8;

/** Prints so many numbered lines more for each line that it is sent, and nothing else: no prompt, no echo. */
const program = 'stty -echo; clear; while read from to; do seq -f "line %.0f" $from $to; done';

/** What copy mode writes over the end of the first row: lines that it is scrolled back by, of how many. */
const indicator = /\[(\d+)\/(\d+)\]$/;

const story = async (seed: number) => {
	const dice = createDice(seed);
	const world = createWorld({ size, random: dice.random, hangMs: 30_000 });
	const { house, link, page } = world;
	const rows = size.rows - 1;
	try {
		await house.startAgent();
		page.connected();
		await page.shows('$');
		await page.type(`${program}\r`);
		await page.until(() => page.lines().slice(0, rows).join('') === '', 'an empty screen');
		for (let bout = 0; bout < bouts; bout++) {
			const cuts = Array.from({ length: 3 }, () => ({ after: dice.upTo(6), ms: dice.pick([0, 100, 500, 2_000]), silent: dice.chance(0.25) }));
			link.be({ loss: 0.15, double: 0.15, delay: 150 }, cuts);
			await page.type(`${(bout * printed) / bouts + 1} ${((bout + 1) * printed) / bouts}\r`);
			await page.acknowledged();
		}
		await page.shows(`line ${printed}`);

		const at = (): { back: number; of: number } | undefined => {
			const [, back, of] = indicator.exec(page.lines()[0] ?? '') ?? [];
			return page.terminal.modes.synchronizedOutputMode || back === undefined ? undefined : { back: Number(back), of: Number(of) };
		};
		link.be(
			{ loss: 0.02, double: 0.15, delay: 20 },
			Array.from({ length: 6 }, () => ({ after: 30 + dice.upTo(60), ms: 0, silent: false })),
		);
		// Copy mode, and to its beginning.
		await page.type('\x02[\x1b<');
		await page.until(() => at()?.back === at()?.of && at() !== undefined, 'the beginning of the history');
		const history = at()?.of ?? 0;
		// The last row is the cursor's at the end, so it is left out.
		const all = history + rows - 1;
		/** by its place in the history: what stood there whenever it was shown */
		const seen = Array.from({ length: all }, () => new Set<string>());
		for (let back = history; ; ) {
			// Rows are drawn from the first on.
			const last = `line ${printed - back}`;
			await page.until(() => at()?.back === back && page.lines()[rows - 2] === last, `${last}, ${back} lines back`);
			const lines = page.lines().slice(0, rows - 1);
			for (const [row, line] of lines.entries()) seen[history - back + row]?.add(line.replace(indicator, '').trimEnd());
			if (back === 0) break;
			// By a page, but for two rows.
			back = Math.max(0, back - (rows - 2));
			await page.type('\x1b[6~');
		}
		const limit = Number((await run(['tmux', '-S', house.socket, 'show', '-gv', 'history-limit'], house.environment, house.folder)).output);
		return { history, limit, seen, cuts: link.tally.cuts };
	} finally {
		await world.demolish();
	}
};

it('[P4] after cuts the scrollback has each line once, in order, up to tmux’s limit', { timeout: 120_000 }, async () => {
	const { history, limit, seen, cuts } = await story(1);
	expect(limit).toBeLessThan(printed);
	expect(history).toBeGreaterThanOrEqual(0.9 * limit);
	expect(history).toBeLessThanOrEqual(limit);
	expect(cuts).toBeGreaterThan(bouts);
	const first = printed + 1 - seen.length;
	const wrong = seen.flatMap((lines, index) => ([...lines].join() === `line ${first + index}` ? [] : [[index, ...lines].join(' ')]));
	expect(wrong).toEqual([]);
});
