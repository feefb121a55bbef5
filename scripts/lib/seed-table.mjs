// How the specs went, seed by seed.

const cell = ({ bySpec }, spec) => {
	const found = bySpec[spec];
	if (!found) return 'not run';
	return found.failed.length ? `${found.failed.length} of ${found.tests} failed` : `${found.tests} passed`;
};

/** Lines: a row per spec, a column per seed; then every test that failed, with the command that runs it again. */
export const seedTable = (setting, specs, runs) => {
	const rows = [[setting, ...runs.map(({ seed }) => `seed ${seed}`)], ...specs.map((spec) => [spec, ...runs.map((run) => cell(run, spec))])];
	const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
	const failed = runs.flatMap(({ seed, bySpec }) =>
		specs.flatMap((spec) =>
			(bySpec[spec]?.failed ?? []).flatMap((title) => [
				`failed: ${title}`,
				`  again: npm run e2e -- ${spec} --faults ${setting} --seeds 1 --from ${seed}`,
			]),
		),
	);
	return [
		...rows.map((row) =>
			row
				.map((text, at) => text.padEnd(widths[at]))
				.join('  ')
				.trimEnd(),
		),
		...failed,
	];
};
