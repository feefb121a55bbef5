import { describe, expect, it } from 'vitest';
import { readArguments } from '../../local/arguments.ts';

describe('what stands after npm start --', () => {
	it('is nothing, a question about the stack that runs, or what shall go wrong', () => {
		expect(readArguments([])).toEqual({ kind: 'run', timing: false });
		expect(readArguments(['--timing'])).toEqual({ kind: 'run', timing: true });
		expect(readArguments(['--aws-env'])).toEqual({ kind: 'aws-env' });
		expect(readArguments(['--meters'])).toEqual({ kind: 'meters' });
		const faults = { chances: { drop: 0.01 }, durations: { cut: [0, 60_000] }, counts: {} };
		expect(readArguments(['--faults', 'drop=1%,cut=30s'])).toEqual({ kind: 'run', timing: false, faults, seed: undefined });
		expect(readArguments(['--faults=drop=1%,cut=30s', '--seed', '7'])).toEqual({ kind: 'run', timing: false, faults, seed: 7 });
	});

	it.each([
		[['--bogus'], "Unknown option '--bogus'"],
		[['something'], "Unexpected argument 'something'"],
		[['--seed', '7'], 'give --aws-env'],
		[['--meters', '--aws-env'], 'give --aws-env'],
		[['--meters', '--timing'], 'give --aws-env'],
		[['--meters', '--faults', 'drop=1%'], 'give --aws-env'],
		[['--faults', 'drop=1'], 'drop wants a percentage'],
		[['--faults', 'drop=1%', '--seed', 'x'], '--seed wants a whole number'],
	])('is refused in one line: %j', (given, message) => {
		expect(() => readArguments(given)).toThrow(message);
		expect(() => readArguments(given)).toThrow(/^[^\n]+$/);
	});
});
