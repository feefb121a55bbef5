import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** A copy that nobody is refused to read. */
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-start-'));
	cpSync(fileURLToPath(new URL('../../scripts', import.meta.url)), join(folder, 'scripts'), { recursive: true });
	spawnSync('chmod', ['-R', 'a+rX', folder]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says in one line that it needs root, and ends with 1', () => {
	const { status, stdout, stderr } = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'node', join(folder, 'scripts/start.mjs')], {
		cwd: folder,
		encoding: 'utf8',
	});
	expect(stderr).toMatch(/^[^\n]*npm start`[^\n]*\n$/);
	expect([status, stdout]).toEqual([1, '']);
});
