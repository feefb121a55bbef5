import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../local/settings.ts';

describe('settings of the local stack', () => {
	it('have defaults, and an empty variable is one that is not set', () => {
		const defaults = { port: 8080, state: '/somewhere/.shellpod', key: undefined };
		expect(readSettings({}, '/somewhere')).toEqual(defaults);
		expect(readSettings({ PORT: '', SHELLPOD_STATE: '', SHELLPOD_KEY: '' }, '/somewhere')).toEqual(defaults);
	});

	it('stand in the environment', () => {
		expect(readSettings({ PORT: '9', SHELLPOD_STATE: '/s', SHELLPOD_KEY: 'k' }, '/')).toEqual({ port: 9, state: '/s', key: 'k' });
	});

	it('take the state folder from where the command was given, or from home', () => {
		expect(readSettings({ SHELLPOD_STATE: 'state' }, '/somewhere').state).toBe('/somewhere/state');
		expect(readSettings({ SHELLPOD_STATE: '~/state' }, '/somewhere').state).toBe(`${homedir()}/state`);
	});

	it.each(['abc', '0', '65536', '80.5', '-1', ' 80'])('PORT=%s is one clear line', (PORT) => {
		expect(() => readSettings({ PORT }, '/')).toThrow(/^PORT must be a number from 1 to 65535$/);
	});

	it.each(['a b', 'a#b', '  ', 'ü', 'x'.repeat(129)])('SHELLPOD_KEY=%s is one clear line before anything is begun', (SHELLPOD_KEY) => {
		expect(() => readSettings({ SHELLPOD_KEY }, '/')).toThrow(/^SHELLPOD_KEY must be 1 to 128 letters, [^\n]*$/);
	});
});
