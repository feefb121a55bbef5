/** What the relay promises, by the numbers of its promises: each has a test of that name. That it holds is those tests' word. */
import { expect, it } from 'vitest';
import { readSource } from '../../architecture/source.ts';

const promises = Array.from({ length: 12 }, (_, at) => `P${at + 1}`);

/** A test's or a group's name: the first string behind it, whatever it is run with. */
const names = /\b(?:it|test|describe)(?:\.\w+)?(?:\([^'"`]*\))?\(\s*(['"`])(.*?)\1/g;

const named = readSource()
	.filter(({ path }) => /^test\/.*\.test\.ts$/.test(path))
	.flatMap(({ code }) => [...code.matchAll(names)].map(([, , name = '']) => name));

it.each(promises)('%s has a test of its name', (promise) => {
	expect(named.filter((name) => name.includes(`[${promise}]`))).not.toEqual([]);
});
