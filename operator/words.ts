/** Small things that several commands say. */

export const count = (many: number, one: string, more = `${one}s`): string => `${many === 0 ? 'no' : many} ${many === 1 ? one : more}`;

/** `2026-11-22 11:05 UTC` */
export const time = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** Lines of cells as columns with two spaces between. */
export const columns = (rows: readonly (readonly string[])[]): string[] => {
	const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
	return rows.map((row) =>
		row
			.map((cell, at) => cell.padEnd(widths[at] ?? 0))
			.join('  ')
			.trimEnd(),
	);
};
