// Rows of benches (test/bench/row.ts) as a table, and which bounds they miss.

const figure = (value, unit = '') =>
	value === undefined ? '' : `${value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2)}${unit && ` ${unit}`}`;

/** Adds to each row of one bench its `ratio`: its median over the median of the row that it is compared with. */
export const withRatios = (rows) =>
	rows.map((row) => {
		const other = rows.find(({ name }) => name === row.against);
		return other ? { ...row, ratio: row.median / other.median } : row;
	});

const columns = [
	['bench', ({ bench }) => bench],
	['measure', ({ name }) => name],
	['median', ({ median, unit }) => figure(median, unit)],
	['p99', ({ p99, unit }) => figure(p99, unit)],
	['n', ({ samples }) => String(samples)],
	['ratio', ({ ratio }) => figure(ratio)],
	['to', ({ against }) => against ?? ''],
	[
		'bound',
		({ bound, least, unit }) => (least !== undefined ? `at least ${least} ${unit}` : bound !== undefined ? `${bound} ${unit}` : '').trimEnd(),
	],
];

/** Plain text with one line per row. */
export const table = (rows) => {
	const lines = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
	const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at].length)));
	return lines
		.map((line) =>
			line
				.map((cell, at) => cell.padEnd(widths[at]))
				.join('  ')
				.trimEnd(),
		)
		.join('\n');
};

/** One line for each row that misses its bound or has no figure. */
export const misses = (rows) =>
	rows.flatMap(({ name, median, unit, bound, least }) => {
		if (!Number.isFinite(median)) return [`${name}: no figure`];
		if (least !== undefined && median < least) return [`${name}: ${figure(median, unit)} is under its bound of ${least} ${unit}`.trimEnd()];
		return bound !== undefined && median > bound ? [`${name}: ${figure(median, unit)} is over its bound of ${bound} ${unit}`] : [];
	});
