/** Each behaviour of the stand-ins has a contract test that carries its id, or says why not; assumed ones are asked for by their ids. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sections } from '../../local/behaviours/all.ts';

const root = join(import.meta.dirname, '../..');
const all = Object.values(sections).flat();
const ids = new Set(all.map(({ id }) => id));

/** Ids in the names of tests, with the files that they are in. */
const shown = new Map<string, Set<string>>();
for (const file of globSync('test/**/*.test.ts', { cwd: root }))
	for (const [, id = ''] of readFileSync(join(root, file), 'utf8').matchAll(/\[aws-([A-Z]\d+[a-z]?)\]/g))
		shown.set(id, (shown.get(id) ?? new Set()).add(file));

/** items of the checklist by section, of which some have several parts */
const items: Record<string, number> = { A: 27, B: 4, C: 6, D: 12, E: 3, F: 3 };

describe('behaviours', () => {
	it('cover every item of the checklist, each part once, in order', () => {
		expect(all.filter(({ id }, at) => all.findIndex((one) => one.id === id) !== at)).toEqual([]);
		for (const [letter, count] of Object.entries(items)) {
			const numbers = all.filter(({ id }) => id.startsWith(letter)).map(({ id }) => Number(/\d+/.exec(id)?.[0]));
			expect([...new Set(numbers)], letter).toEqual(Array.from({ length: count }, (_, at) => at + 1));
		}
	});

	it('say what they rest on', () => {
		for (const { id, says, basis } of all) {
			expect(says, id).toMatch(/[^.]$/);
			if (basis.label === 'documented') expect(URL.canParse(basis.source), id).toBe(true);
			if (basis.label === 'measured') expect(basis.on, id).toMatch(/^\d{4}-\d\d-\d\d$/);
		}
	});

	it('have a contract test or a reason why not, and not both: none missing', () => {
		const rows = Object.entries(sections).map(([section, behaviours]) => {
			const count = (wanted: (one: (typeof behaviours)[number]) => boolean) => behaviours.filter(wanted).length;
			return {
				section,
				behaviours: behaviours.length,
				documented: count(({ basis }) => basis.label === 'documented'),
				measured: count(({ basis }) => basis.label === 'measured'),
				assumed: count(({ basis }) => basis.label === 'assumed'),
				tested: count(({ id }) => shown.has(id)),
				'why not': count(({ whyNot }) => whyNot !== undefined),
				missing: count(({ id, whyNot }) => !shown.has(id) && whyNot === undefined),
			};
		});
		console.table(rows);
		expect(all.filter(({ id, whyNot }) => !shown.has(id) && whyNot === undefined).map(({ id, says }) => `${id}: ${says}`)).toEqual([]);
		expect(all.filter(({ id, whyNot }) => shown.has(id) && whyNot !== undefined).map(({ id }) => id)).toEqual([]);
		expect([...shown.keys()].filter((id) => !ids.has(id))).toEqual([]);
	});

	it('that a stand-in lets the seed choose are those that are assumed', () => {
		const asked = globSync('local/**/*.ts', { cwd: root }).flatMap((file) =>
			[...readFileSync(join(root, file), 'utf8').matchAll(/\.choose\('([A-F]\d+[a-z]?)'/g)].map(([, id]) => id ?? ''),
		);
		expect(
			asked.filter((id) => all.find((one) => one.id === id)?.basis.label === 'documented' && all.find((one) => one.id === id)?.kind === 'rule'),
		).toEqual([]);
		expect(asked.filter((id) => !ids.has(id))).toEqual([]);
	});
});
