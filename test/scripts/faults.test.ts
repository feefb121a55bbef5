import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFaults } from '../../local/faults/parse.ts';
import { countSpecs } from '../../scripts/lib/counts.mjs';
import { apart, leftOut, settings, short } from '../../scripts/lib/faults.mjs';
import { root } from '../../scripts/lib/run.mjs';
import { specNames } from '../../scripts/lib/runners.mjs';
import { seedTable } from '../../scripts/lib/seed-table.mjs';

describe('end to end under faults', () => {
	it('npm start understands each setting', () => {
		for (const text of Object.values(settings)) {
			const { chances, durations } = parseFaults(text);
			expect({ ...chances, ...durations }).not.toEqual({});
		}
		expect(Object.keys(parseFaults(settings.gateway).durations)).toEqual(['delay', 'cut']);
	});

	it('what is left out is there, and has its reason; so is the short form', () => {
		for (const { spec, tests, why } of apart) {
			expect(specNames()).toContain(spec);
			const text = readFileSync(join(root, 'test/e2e', `${spec}.spec.ts`), 'utf8');
			for (const title of tests) expect(text).toContain(title);
			expect(why.length).toBeGreaterThan(20);
		}
		for (const { specs, setting } of short) {
			for (const spec of specs) expect(specNames()).toContain(spec);
			expect(settings).toHaveProperty(setting);
		}
	});

	it('a title stands for itself only', () => {
		const pattern = new RegExp(leftOut(apart.map(({ spec }) => spec)) ?? expect.fail());
		for (const title of apart.flatMap(({ tests }) => tests)) expect(pattern.test(title)).toBe(true);
		expect(leftOut(['size'])).toBeUndefined();
		expect(pattern.test('who types has the size')).toBe(false);
	});
});

describe('the table of specs and seeds', () => {
	const report = (...ok: boolean[]) => ({
		suites: [
			{
				title: 'size.spec.ts',
				specs: [{ title: 'outside', ok: ok[0] }],
				suites: [{ title: 'a group', specs: ok.slice(1).map((one, at) => ({ title: `inside ${at}`, ok: one })) }],
			},
		],
	});

	it('counts what the runner found, groups too', () => {
		expect(countSpecs(report(true, false, true))).toEqual({ size: { tests: 3, failed: ['inside 0'] } });
		expect(countSpecs(undefined)).toEqual({});
	});

	it('has a row per spec and a column per seed, and says how to see a failure again', () => {
		const runs = [
			{ seed: 1, bySpec: countSpecs(report(true, true)) },
			{ seed: 2, bySpec: countSpecs(report(false, true)) },
		];
		expect(seedTable('ways', ['gate', 'size'], runs)).toEqual([
			'ways  seed 1    seed 2',
			'gate  not run   not run',
			'size  2 passed  1 of 2 failed',
			'failed: outside',
			'  again: npm run e2e -- size --faults ways --seeds 1 --from 2',
		]);
	});
});
