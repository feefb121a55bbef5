/** Bugs that can be planted: their lines are where they are said to be. That they are found is `npm run simulate -- NAME --planted`. */
import { describe, expect, it } from 'vitest';
import { bugs } from './planted/bugs.ts';
import { plantedSource, readPlanted } from './planted/plant.ts';
import { scenarios } from './scenarios/scenarios.ts';

describe('planted bugs', () => {
	it.each(bugs.map((bug) => [bug.name, bug] as const))('%s has its line in the shipped code, once', (_, bug) => {
		expect(readPlanted(bug)).toContain(bug.instead);
		expect(readPlanted(bug)).not.toContain(bug.source);
		expect(bug.source).not.toContain('\n');
		expect(scenarios.map(({ name }) => name)).toContain(bug.scenario);
	});

	it('have names of their own', () => {
		expect(new Set(bugs.map(({ name }) => name)).size).toBe(bugs.length);
	});

	it('whose line is gone, or there twice, are refused by name', () => {
		const bug = { name: 'some-bug', scenario: 'relay', file: 'a.ts', source: 'b', instead: 'c' } as const;
		expect(plantedSource(bug, 'abc')).toBe('acc');
		expect(() => plantedSource(bug, 'ac')).toThrow(/some-bug: a.ts has no "b"/);
		expect(() => plantedSource(bug, 'abab')).toThrow(/some-bug: a.ts has 2 times "b"/);
	});
});
