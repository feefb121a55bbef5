import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packagesFit } from '../../scripts/lib/packages.mjs';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-packages-'));
	mkdirSync(join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lock = (packages: object) => writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
const installed = (packages: object) => writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
const wanted = {
	'': { name: 'shellpod' },
	protocol: { name: '@shellpod/protocol' },
	'node_modules/@shellpod/protocol': { resolved: 'protocol', link: true },
	'node_modules/ws': { version: '8.0.0' },
	'node_modules/other-system': { version: '1.0.0', optional: true },
};

it('fit when each has its version; a part of another system may be missing', () => {
	mkdirSync(join(folder, 'node_modules/@shellpod'));
	mkdirSync(join(folder, 'protocol'));
	symlinkSync('../../protocol', join(folder, 'node_modules/@shellpod/protocol'));
	lock(wanted);
	installed({ 'node_modules/ws': { version: '8.0.0' } });
	expect(packagesFit(folder)).toBe(true);
	installed({ 'node_modules/ws': { version: '8.0.1' } });
	expect(packagesFit(folder)).toBe(false);
	installed({});
	expect(packagesFit(folder)).toBe(false);
});

it('don’t fit when nothing is installed, or a workspace isn’t linked', () => {
	lock(wanted);
	expect(packagesFit(folder)).toBe(false);
	installed({ 'node_modules/ws': { version: '8.0.0' } });
	expect(packagesFit(folder)).toBe(false);
});
