/** What `npm run soak -- restart` runs: prints what is done as it goes, and figures at the end. */
import { type Figures, kinds, soakRestarts } from './restart.ts';

const [, , rounds = '', seed = '', kind = ''] = process.argv;

/** ms, of a sorted list: the value that this share of them doesn't exceed */
const quantile = (values: readonly number[], share: number): string => {
	const sorted = [...values].sort((a, b) => a - b);
	return `${((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) / 1000).toFixed(1)} s`;
};
const row = ({ kind: name, link, back, kills }: Figures) => ({
	kind: name,
	rounds: back.length,
	kills,
	'link, median': quantile(link, 0.5),
	'back, median': quantile(back, 0.5),
	'back, p99': quantile(back, 0.99),
	'back, longest': quantile(back, 1),
});

try {
	const wanted = kind === '' ? kinds : kinds.filter((one) => one === kind);
	console.table((await soakRestarts({ rounds: Number(rounds), seed: Number(seed), kinds: wanted, say: console.log })).map(row));
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
