/** What a bench measures: figures of one run on one machine, beside the yardstick that was measured in the same run. */
export interface Row {
	/** what was measured */
	name: string;
	unit: 'ms' | 'KB' | 'MB' | 'per minute' | 'times' | 'US$' | '';
	median: number;
	/** absent where one figure is all there is */
	p99?: number;
	/** how many measurements */
	samples: number;
	/** name of the row that this one is compared with, in the same result */
	against?: string;
	/** the largest median that is acceptable; the bench fails above it */
	bound?: number;
	/** the smallest median that is acceptable */
	least?: number;
}

export interface Measured {
	rows: Row[];
	/** what stands beside the rows in the JSON file, by name: figures for machines */
	figures: Readonly<Record<string, unknown>>;
}

export interface BenchOptions {
	/** `--seconds`: how long what is watched for a while is watched */
	seconds?: number;
	/** `--only`: the parts that are measured; all of them without it */
	only?: readonly string[];
}

export const isWanted = ({ only }: BenchOptions, part: string): boolean => only?.includes(part) ?? true;

/** A bench: `test/bench/<name>.bench.ts` exports one as `run`. */
export type Bench = (options: BenchOptions) => Promise<Row[] | Measured>;

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

/** Median and 99th percentile of measurements, as a row. */
export const rowOf = (name: string, unit: Row['unit'], measured: readonly number[], more: Pick<Row, 'against' | 'bound' | 'least'> = {}): Row => {
	const sorted = [...measured].sort((a, b) => a - b);
	return { name, unit, median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), samples: sorted.length, ...more };
};
