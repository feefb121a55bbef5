import { describe, expect, it } from 'vitest';
import { readArguments } from '../../local/arguments.ts';

describe('what stands after npm start --', () => {
	it('is nothing, a question about the stack that runs, or what shall go wrong', () => {
		const plain = { kind: 'run', timing: false, choices: [] };
		expect(readArguments([])).toEqual(plain);
		expect(readArguments(['--timing'])).toEqual({ ...plain, timing: true });
		expect(readArguments(['-c', 'maxSessions=3', '--context', 'egressPorts=443,80'])).toEqual({
			...plain,
			choices: ['maxSessions=3', 'egressPorts=443,80'],
		});
		expect(readArguments(['--aws-env'])).toEqual({ kind: 'aws-env' });
		expect(readArguments(['--meters'])).toEqual({ kind: 'meters' });
		const settings = { chances: { drop: 0.01 }, durations: { cut: [0, 60_000] }, counts: {} };
		expect(readArguments(['--faults', 'drop=1%,cut=30s'])).toEqual({ ...plain, faults: { settings, seed: undefined } });
		expect(readArguments(['--faults=drop=1%,cut=30s', '--seed', '7'])).toEqual({ ...plain, faults: { settings, seed: 7 } });
	});

	it.each([
		[['--bogus'], "Unknown option '--bogus'"],
		[['something'], "Unexpected argument 'something'"],
		[['--seed', '7'], 'give --aws-env'],
		[['--meters', '--aws-env'], 'give --aws-env'],
		[['--meters', '--timing'], 'give --aws-env'],
		[['--aws-env', '-c', 'maxSessions=3'], 'give --aws-env'],
		[['-c', 'maxSessions'], '-c wants name=value'],
		[['--meters', '--faults', 'drop=1%'], 'give --aws-env'],
		[['--faults', 'drop=1'], 'drop wants a percentage'],
		[['--faults', 'drop=1%', '--seed', 'x'], '--seed wants a whole number'],
	])('is refused in one line: %j', (given, message) => {
		expect(() => readArguments(given)).toThrow(message);
		expect(() => readArguments(given)).toThrow(/^[^\n]+$/);
	});
});
