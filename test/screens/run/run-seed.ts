/** One seed, from an empty house to its end: real tmux, a real program, the agent's terminals, the page's stream and terminal. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectEqual, WrongScreen } from '../oracle/equality.ts';
import { attachFresh } from '../oracle/fresh-client.ts';
import { askTmux } from '../oracle/questions.ts';
import { isToldItsSize } from '../oracle/told-size.ts';
import { createTruth } from '../oracle/truth.ts';
import type { Deed } from '../programs/program.ts';
import { linesOf, type Schedule, scheduleOf } from '../schedule/schedule.ts';
import { TooSlow } from '../world/page.ts';
import { createWorld } from '../world/world.ts';

export interface SeedResult {
	seed: number;
	tally: Record<string, number>;
	/** messages that were carried */
	steps: number;
	violation?: { message: string; lines: string[] };
}

/** ms of the machine */
interface Limits {
	/** that a screen may be wrong at rest: nothing that is right takes so long */
	patience: number;
	/** that something may not happen */
	hangMs: number;
}
const usual: Limits = { patience: 15_000, hangMs: 60_000 };
/** Where something is sure to be wrong. */
export const short: Limits = { patience: 4_000, hangMs: 10_000 };

/** times that a schedule is tried again when the machine was too slow for it */
const mostAgain = 3;

/** What must go when this process is told to. */
let current: { demolish(): Promise<void> } | undefined;
export const abandon = async (): Promise<void> => current?.demolish();

const play = async (schedule: Schedule, { patience, hangMs }: Limits): Promise<Record<string, number>> => {
	const world = createWorld({ size: schedule.size, random: schedule.random, hangMs });
	const { house, link, page } = world;
	current = house;
	for (const [name, content] of Object.entries(schedule.files)) writeFileSync(join(house.folder, name), content);
	const tally = { comparisons: 0, agents: 0 };
	try {
		await house.startAgent();
		page.connected();
		await page.shows('$');
		const questions = await askTmux(house.socket, house.environment);
		const truth = createTruth(questions);
		const look = async (): Promise<void> => {
			await expectEqual(page, truth, () => attachFresh(house, page.size), patience);
			tally.comparisons += 1;
		};
		const act = async (deed: Deed): Promise<void> => {
			if ('type' in deed) await page.type(deed.type);
			else if ('resize' in deed) page.resize(deed.resize);
			else if ('shows' in deed) await page.shows(deed.shows);
			// What is refused is refused: there may be no other pane.
			else await questions.ask(deed.tmux).catch(() => undefined);
		};
		/** tmux has read what was typed. What is acknowledged was written to its client; between two answers it looks at every client. */
		const read = async (): Promise<void> => {
			await page.acknowledged();
			for (let turn = 0; turn < 2; turn++) await questions.ask('display-message -p read');
		};
		const told = async (): Promise<void> => {
			for (const until = Date.now() + hangMs; !(await isToldItsSize(questions)); await page.change())
				if (Date.now() > until) throw new Error('a program is not told its size');
		};
		const rest = async (bout: Schedule['bouts'][number]): Promise<void> => {
			// What a program says is drawn over when its window changes after that.
			await page.fits();
			for (const deed of bout.say) {
				// What comes from elsewhere must not overtake what was typed.
				if ('tmux' in deed) await read();
				else await told();
				await act(deed);
			}
			await page.shows(bout.word);
		};
		const { start } = schedule.program;
		if (start) {
			await page.type(`${start.command}\r`);
			await page.shows(start.shows);
		}
		for (const bout of schedule.bouts) {
			link.be(bout.weather, bout.cuts);
			for (const { deed, waits } of bout.deeds) {
				if (waits) await page.acknowledged();
				await act(deed);
			}
			if (bout.saidInWeather) await rest(bout);
			link.heal();
			if (!bout.saidInWeather) await rest(bout);
			await page.acknowledged();
			await look();
			if (bout.afterwards === 'nothing') continue;
			if (bout.afterwards === 'cut') {
				link.cutNow(0);
				link.heal();
			} else {
				tally.agents += 1;
				page.stream.cut();
				await house.startAgent();
				page.connected();
			}
			await page.acknowledged();
			await look();
		}
		await questions.close();
		return { ...tally, ...link.tally, ...page.tally };
	} finally {
		await world.demolish();
		current = undefined;
	}
};

/** `again`: how often the machine was too slow for it before. */
export const runSeed = async (seed: number, limits: Limits = usual, again = 0): Promise<SeedResult> => {
	const schedule = scheduleOf(seed);
	try {
		const tally = await play(schedule, limits);
		return { seed, tally: { ...tally, again, [`program ${schedule.program.name}`]: 1 }, steps: tally.messages ?? 0 };
	} catch (error) {
		if (error instanceof TooSlow && again < mostAgain) return runSeed(seed, limits, again + 1);
		const lines = [...linesOf(schedule), ...(error instanceof WrongScreen ? error.wrong : [])];
		const message = error instanceof Error ? error.message : String(error);
		return {
			seed,
			tally: { [`program ${schedule.program.name}`]: 1 },
			steps: 0,
			violation: { message: `${schedule.program.name}: ${message}`, lines },
		};
	}
};
