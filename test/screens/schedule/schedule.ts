/** What a seed means: a program, what happens to it, and what the way between it and its user is like meanwhile. Nothing of it depends on what happens. */
import { programs } from '../programs/all.ts';
import type { Deed, Dice, Program, Size } from '../programs/program.ts';
import { type Cut, calm, type Weather } from '../world/link.ts';
import { createDice } from './dice.ts';

export interface Bout {
	weather: Weather;
	cuts: Cut[];
	deeds: { deed: Deed /** it waits until what was typed before is acknowledged */; waits: boolean }[];
	/** it comes to rest and shows this */
	word: string;
	say: Deed[];
	/** whether it comes to rest while the way is bad, or after that */
	saidInWeather: boolean;
	/** at the end of the bout, at rest */
	afterwards: 'nothing' | 'cut' | 'new agent';
}

export interface Schedule {
	seed: number;
	program: Program;
	size: Size;
	files: Record<string, string | Uint8Array>;
	bouts: Bout[];
	/** of the faults of the way */
	random: () => number;
}

const weatherOf = (dice: Dice): Weather =>
	dice.pick<Weather>([
		calm,
		{ loss: 0.3, double: 0, delay: 40 },
		{ loss: 0, double: 0.4, delay: 150 },
		{ loss: 0, double: 0, delay: 600 },
		{ loss: 0.15, double: 0.15, delay: 250 },
		{ loss: 0, double: 0, delay: 60, room: 4_000 + dice.upTo(60_000) },
		{ loss: 0.2, double: 0.1, delay: 150, room: 20_000 },
	]);

const cutsOf = (dice: Dice): Cut[] =>
	Array.from({ length: dice.upTo(4) }, () => ({ after: dice.upTo(16), ms: dice.pick([0, 0, 100, 500, 2_000, 9_000]), silent: dice.chance(0.25) }));

const boutOf = (dice: Dice, program: Program): Bout => {
	const word = dice.word();
	const strays: Deed[] = dice.chance(0.2) ? [{ resize: dice.size(program.columns) }] : [];
	return {
		weather: weatherOf(dice),
		cuts: cutsOf(dice),
		deeds: [...program.bout(dice), ...strays].map((deed) => ({ deed, waits: dice.chance(0.4) })),
		word,
		say: program.say(word),
		saidInWeather: dice.chance(0.5),
		afterwards: dice.pick(['nothing', 'nothing', 'cut', 'cut', 'new agent'] as const),
	};
};

export const scheduleOf = (seed: number): Schedule => {
	const dice = createDice(seed);
	const program = programs[seed % programs.length] as Program;
	const size = dice.size(program.columns);
	const files = program.files?.(dice) ?? {};
	const bouts = Array.from({ length: 2 + dice.upTo(2) }, () => boutOf(dice, program));
	return { seed, program, size, files, bouts, random: dice.random };
};

/** One line per thing that happens. */
export const linesOf = ({ seed, program, size, bouts }: Schedule): string[] => [
	`seed ${seed}: ${program.name}, ${size.columns}x${size.rows}`,
	...bouts.flatMap((bout) => [
		`weather ${JSON.stringify(bout.weather)}, cuts ${JSON.stringify(bout.cuts)}`,
		...bout.deeds.map(({ deed, waits }) => `  ${waits ? 'when acknowledged: ' : ''}${JSON.stringify(deed)}`),
		`  says ${bout.word}${bout.saidInWeather ? '' : ', when the way is good again'}: ${JSON.stringify(bout.say)}`,
		`  then ${bout.afterwards}`,
	]),
];
