/** What `npm run soak` runs: prints what is done as it goes, and figures at the end. */
import { type KillFigures, soakKills } from './kills.ts';
import { type Figures, kinds, soakRestarts } from './restart.ts';
import { soakStarts } from './starts.ts';

const [, , what = '', rounds = '', seed = '', kind = ''] = process.argv;
const options = { rounds: Number(rounds), seed: Number(seed), say: console.log };

/** ms, of a sorted list: the value that this share of them doesn't exceed */
const quantile = (values: readonly number[], share: number): string => {
	const sorted = [...values].sort((a, b) => a - b);
	return `${((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) / 1000).toFixed(1)} s`;
};
const backOf = (back: readonly number[]) => ({
	'back, median': quantile(back, 0.5),
	'back, p99': quantile(back, 0.99),
	'back, longest': quantile(back, 1),
});
const restartRow = ({ kind: name, link, back, kills }: Figures) => ({
	kind: name,
	rounds: back.length,
	kills,
	'link, median': quantile(link, 0.5),
	...backOf(back),
});
const killRow = ({ part, back, kills }: KillFigures) => ({ part, rounds: back.length, kills, ...backOf(back) });

try {
	if (what === 'kills') {
		const figures = await soakKills(options);
		console.table(figures.map(killRow));
		const all = figures.flatMap(({ back }) => back);
		console.log(
			`${all.length} of ${rounds} rounds as they should be: back after ${quantile(all, 0.5)} in the median, ${quantile(all, 1)} at the longest`,
		);
	} else if (what === 'starts') {
		const told = await soakStarts(options);
		const presses = told.reduce((sum, { devices }) => sum + devices, 0);
		const times = told.map(({ ms }) => ms);
		console.log(
			`${told.length} starts by ${presses} presses: one task each, all attached; median ${quantile(times, 0.5)}, longest ${quantile(times, 1)}`,
		);
	} else {
		const wanted = kind === '' ? kinds : kinds.filter((one) => one === kind);
		console.table((await soakRestarts({ ...options, kinds: wanted })).map(restartRow));
	}
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
