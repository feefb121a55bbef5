import { connectionId, epoch, isSessionId, patterns, senderId, sessionId, terminalId, userId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';

const checks = { user: userId, session: sessionId, terminal: terminalId, connection: connectionId, sender: senderId, epoch } as const;

describe.each(Object.keys(checks) as (keyof typeof checks)[])('a %s id', (name) => {
	test('is what its pattern says, whole', () => {
		holds([fc.stringMatching(patterns[name])], (text) => expect(checks[name](text)).toBe(text));
		holds([fc.stringMatching(patterns[name]), fc.constantFrom('\n', ' ', '|', '#', ',', '/../', '\u{0}')], (text, tail) => {
			expect(() => checks[name](text + tail)).toThrow(TypeError);
		});
	});

	test('shows only a little of what it refuses', () => {
		expect(() => checks[name]('!'.repeat(10_000))).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{1,100}$/) }));
	});
});

test('a session id is told from other text', () => {
	expect(isSessionId('abcdefgh2345')).toBe(true);
	expect(isSessionId('abcdefgh2341')).toBe(false);
});
