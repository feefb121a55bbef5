import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locked } from '../../scripts/lib/lock.mjs';

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-lock-'));
	file = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is held while the work is done, and let go of after it, also when it failed', async () => {
	expect(await locked(file, async () => readFileSync(file, 'utf8'))).toMatch(new RegExp(`^${process.pid} \\d+$`));
	await expect(locked(file, async () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
	expect(existsSync(file)).toBe(false);
});

it.each([
	['was killed before it wrote its name', ''],
	['is gone', '4000001 1'],
	['has given its number to another', `${process.pid} 1`],
])('keeps nobody out when its process %s', async (_, text) => {
	writeFileSync(file, text);
	const before = new Date(Date.now() - 60_000);
	utimesSync(file, before, before);
	expect(await locked(file, async () => 'done')).toBe('done');
});

it('is waited for while its process runs, or may still write its name', async () => {
	const order: string[] = [];
	let release = (): void => {};
	const first = locked(file, () => new Promise<void>((resolve) => (release = resolve)));
	const second = locked(file, async () => void order.push('second'));
	setImmediate(() => {
		order.push('first is over');
		release();
	});
	await Promise.all([first, second]);
	writeFileSync(file, '');
	const third = locked(file, async () => void order.push('third'));
	setImmediate(() => {
		order.push('gone');
		rmSync(file);
	});
	await third;
	expect(order).toEqual(['first is over', 'second', 'gone', 'third']);
});
