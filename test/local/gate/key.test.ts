import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepKey } from '../../../local/gate/key.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';

let world: StillWorld;
beforeEach(() => {
	world = stillWorld();
});
afterEach(() => world.remove());

it('makes a key that can’t be guessed, keeps it for its owner only, and finds it again', () => {
	const key = keepKey(world.state, undefined);
	expect(key).toMatch(/^[\w-]{32}$/);
	expect(statSync(join(world.state, 'key')).mode & 0o777).toBe(0o600);
	expect(keepKey(world.state, undefined)).toBe(key);
});

it('takes SHELLPOD_KEY before the kept one, and keeps it', () => {
	keepKey(world.state, undefined);
	expect(keepKey(world.state, 'mine')).toBe('mine');
	expect(readFileSync(join(world.state, 'key'), 'utf8').trim()).toBe('mine');
	expect(keepKey(world.state, undefined)).toBe('mine');
	expect(keepKey(world.state, '')).toBe('mine');
});

it('refuses a key that could not stand in the link, in one line', () => {
	for (const key of ['with space', 'a#b', '50%', 'ключ', 'x'.repeat(129)])
		expect(() => keepKey(world.state, key)).toThrow(/^SHELLPOD_KEY must be [^\n]+$/);
	expect(keepKey(world.state, "s3cret!$&'()*+,./:;=?@_~-")).toBe("s3cret!$&'()*+,./:;=?@_~-");
});
