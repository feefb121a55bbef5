/** Packages that were not what they should be, or are older than their fix. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
interface Locked {
	version?: string;
	link?: true;
	inBundle?: true;
	/** for other machines than the one that it was locked on, among others */
	optional?: true;
	integrity?: string;
}
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
const foreign = Object.entries(packages).filter(
	([path, { link, inBundle, optional }]) => path.includes('node_modules/') && !link && !inBundle && !optional,
);

test('[CVE-2019-0542] the terminal is one that is mended', () => {
	const { version = '' } = packages['node_modules/@xterm/xterm'] ?? {};
	expect(Number(version.split('.')[0])).toBeGreaterThanOrEqual(6);
	expect(Object.keys(packages).filter((path) => /node_modules\/(?:xterm|xterm-addon-.*|@xterm\/addon-image)$/.test(path))).toEqual([]);
});

test('[SHAI-HULUD-2026-05] every package is the one that was looked at, by its hash, and starts install with it', () => {
	expect(foreign.length).toBeGreaterThan(100);
	expect(foreign.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual([]);
	expect(readFileSync(join(root, 'scripts/lib/packages.mjs'), 'utf8')).toContain("npm(['ci',");
});
