/** What stands after `npm start --`; read once. */
import { parseArgs } from 'node:util';
import type { FaultSettings } from './faults/faults.ts';
import { parseFaults, parseSeed } from './faults/parse.ts';

export type Arguments =
	/** print something about the stack that runs */
	| { kind: 'aws-env' }
	| { kind: 'meters' }
	/** timing: say how long the parts of the start took */
	| { kind: 'run'; timing: boolean }
	/** seed: undefined when one is to be drawn */
	| { kind: 'run'; timing: boolean; faults: FaultSettings; seed: number | undefined };

/** which of them go together; --timing with each that starts a stack */
const together = ['', 'aws-env', 'meters', 'faults', 'faults,seed', 'timing', 'faults,timing', 'faults,seed,timing'];

/** @throws Error, one line, that names the argument */
export const readArguments = (given: readonly string[]): Arguments => {
	const { values } = parseArgs({
		args: [...given],
		options: {
			'aws-env': { type: 'boolean' },
			meters: { type: 'boolean' },
			timing: { type: 'boolean' },
			faults: { type: 'string' },
			seed: { type: 'string' },
		},
	});
	if (!together.includes(Object.keys(values).sort().join()))
		throw new Error('give --aws-env, or --meters, or --timing, or --faults with or without --seed and --timing');
	if (values['aws-env']) return { kind: 'aws-env' };
	if (values.meters) return { kind: 'meters' };
	const timing = values.timing === true;
	if (values.faults === undefined) return { kind: 'run', timing };
	return { kind: 'run', timing, faults: parseFaults(values.faults), seed: values.seed === undefined ? undefined : parseSeed(values.seed) };
};
