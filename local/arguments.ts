/** What stands after `npm start --`; read once. */
import { parseArgs } from 'node:util';
import type { FaultSettings } from './faults/faults.ts';
import { parseFaults, parseSeed } from './faults/parse.ts';

export type Arguments =
	/** print something about the stack that runs */
	| { kind: 'aws-env' }
	| { kind: 'meters' }
	| { kind: 'run' }
	/** seed: undefined when one is to be drawn */
	| { kind: 'run'; faults: FaultSettings; seed: number | undefined };

/** which of them go together */
const together = ['', 'aws-env', 'meters', 'faults', 'faults,seed'];

/** @throws Error, one line, that names the argument */
export const readArguments = (given: readonly string[]): Arguments => {
	const { values } = parseArgs({
		args: [...given],
		options: { 'aws-env': { type: 'boolean' }, meters: { type: 'boolean' }, faults: { type: 'string' }, seed: { type: 'string' } },
	});
	if (!together.includes(Object.keys(values).sort().join())) throw new Error('give --aws-env, or --meters, or --faults with or without --seed');
	if (values['aws-env']) return { kind: 'aws-env' };
	if (values.meters) return { kind: 'meters' };
	if (values.faults === undefined) return { kind: 'run' };
	return { kind: 'run', faults: parseFaults(values.faults), seed: values.seed === undefined ? undefined : parseSeed(values.seed) };
};
