import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../operator/command-line.ts';
import { help } from '../../operator/help.ts';
import { Problem } from '../../operator/problem.ts';

const command = (line: string) => parseCommandLine(line.split(' ').filter(Boolean)).command;
const problem = (...args: string[]): Problem => {
	try {
		parseCommandLine(args);
	} catch (error) {
		if (error instanceof Problem) return error;
		throw error;
	}
	throw new Error(`no problem with ${args.join(' ')}`);
};

describe('a command line', () => {
	it.each([
		['', { kind: 'help' }],
		['--help', { kind: 'help' }],
		['disable --help', { kind: 'help' }],
		['invite ada --email ada@example.com', { kind: 'invite', name: 'ada', email: 'ada@example.com', again: false }],
		['invite ada --again', { kind: 'invite', name: 'ada', again: true }],
		['list', { kind: 'list', json: false }],
		['list --json', { kind: 'list', json: true }],
		['enable Ada.L@example.com', { kind: 'enable', name: 'Ada.L@example.com' }],
		['delete ada --yes', { kind: 'delete', name: 'ada', yes: true }],
		['sign-out ada', { kind: 'sign-out', name: 'ada' }],
		['limits ada', { kind: 'limits', name: 'ada', changes: {}, toDefault: false }],
		['limits ada --sessions 0 --creates-per-day 3', { kind: 'limits', name: 'ada', changes: { sessions: 0, createsPerDay: 3 }, toDefault: false }],
		['limits ada --default', { kind: 'limits', name: 'ada', changes: {}, toDefault: true }],
		['starts', { kind: 'starts' }],
		['starts on', { kind: 'starts', on: true }],
	])('`%s` is %j', (line, expected) => expect(command(line)).toEqual(expected));

	it('has reasons of several words', () => {
		expect(parseCommandLine(['disable', 'ada', '--reason', 'left the company']).command).toEqual({
			kind: 'disable',
			name: 'ada',
			reason: 'left the company',
		});
		expect(parseCommandLine(['starts', 'off', '--reason', ' moving ']).command).toEqual({ kind: 'starts', on: false, reason: 'moving' });
	});

	it('says which deployment is meant', () => {
		expect(parseCommandLine(['list']).target).toEqual({ deployment: 'shellpod' });
		const args = ['list', '--deployment', 'lab', '--region', 'eu-west-1', '--profile', 'ops'];
		expect(parseCommandLine(args).target).toEqual({ deployment: 'lab', region: 'eu-west-1', profile: 'ops' });
	});

	it.each([
		[['lst'], 'There is no command "lst"'],
		[['constructor'], 'There is no command "constructor"'],
		[['disable'], 'disable needs a NAME'],
		[['disable', 'ada', 'bob'], 'disable takes NAME, and got "bob" besides'],
		[['list', 'ada'], 'list takes nothing, and got "ada" besides'],
		[['list', '--jsn'], "list: Unknown option '--jsn'"],
		[['disable', 'ada', '--yes'], "disable: Unknown option '--yes'"],
		[['invite', 'Ada', '--email', 'a@b.c'], 'A new name is 1 to 32 small letters'],
		[['invite', 'a'.repeat(33), '--email', 'a@b.c'], 'A new name is'],
		[['invite', 'ada-', '--email', 'a@b.c'], 'A new name is'],
		[['invite', '../ada', '--email', 'a@b.c'], 'A new name is'],
		[['invite', 'ada', '--email', 'ada'], '"ada" is no address'],
		[['enable', 'a da'], 'A name has no spaces'],
		[['limits', 'ada', '--sessions', '-1'], "limits: Option '--sessions' argument is ambiguous"],
		[['limits', 'ada', '--sessions', '1.5'], '--sessions is a whole number from 0 to 1000'],
		[['limits', 'ada', '--sessions', '1001'], '--sessions is a whole number'],
		[['limits', 'ada', '--sessions', '3', '--default'], '--default takes all limits back'],
		[['starts', 'of'], 'starts takes on or off, not "of"'],
		[['starts', 'on', '--reason', 'x'], '--reason goes with starts off'],
		[['starts', 'off', '--reason', 'two\nlines'], 'A reason is one line of at most 200 characters'],
		[['starts', 'off', '--reason', ' '], 'A reason is one line'],
	])('%j is none: exit code 2, and one line says why', (args, words) => {
		const { message, exit } = problem(...args);
		expect(message).toContain(words);
		expect(message).toContain('help` shows the commands');
		expect(message.split('\n')).toHaveLength(1);
		expect(exit).toBe(2);
	});

	it('is told of by help: every command and option', () => {
		for (const word of ['invite', 'list', 'disable', 'enable', 'sign-out', 'delete', 'limits', 'starts', 'help'])
			expect(help).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
		for (const option of [
			'email',
			'again',
			'json',
			'reason',
			'yes',
			'sessions',
			'starts-per-hour',
			'creates-per-day',
			'default',
			'deployment',
			'region',
			'profile',
		])
			expect(help).toContain(`--${option}`);
	});
});
