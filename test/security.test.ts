import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');
const promises = [...text.matchAll(/^(\d+)\. \*\*[\s\S]*?(?=^\d+\. |^$)/gm)].map(([promise, number]) => ({
	number,
	tests: [...promise.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path),
}));

describe('SECURITY.md', () => {
	test('names only tests that there are', () => {
		const named = [...text.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
		expect(named.length).toBeGreaterThan(20);
		expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
	});

	test('has a test for each promise', () => {
		expect(promises.length).toBe(17);
		expect(promises.filter(({ tests }) => tests.length === 0)).toEqual([]);
	});
});
