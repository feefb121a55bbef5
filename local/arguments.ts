/** What stands after `npm start --`; read once. */
import { parseArgs } from 'node:util';
import type { FaultSettings } from './faults/faults.ts';
import { parseFaults, parseSeed } from './faults/parse.ts';

export interface Run {
	kind: 'run';
	/** say how long the parts of the start took */
	timing: boolean;
	/** an operator's choices, `name=value`, as for a deployment; the synthesis checks them */
	choices: readonly string[];
	/** seed: undefined when one is to be drawn */
	faults?: { settings: FaultSettings; seed: number | undefined };
}

/** Run, or print something about the stack that runs. */
export type Arguments = { kind: 'aws-env' } | { kind: 'meters' } | Run;

const choiceOf = (given: string): string => {
	if (!/^\w+=./.test(given)) throw new Error(`-c wants name=value such as maxSessions=3, not ${given}`);
	return given;
};

/** @throws Error, one line, that names the argument */
export const readArguments = (given: readonly string[]): Arguments => {
	const { values } = parseArgs({
		args: [...given],
		options: {
			'aws-env': { type: 'boolean' },
			meters: { type: 'boolean' },
			timing: { type: 'boolean' },
			context: { type: 'string', short: 'c', multiple: true },
			faults: { type: 'string' },
			seed: { type: 'string' },
		},
	});
	const { 'aws-env': awsEnv, meters, faults, seed } = values;
	const alone = (awsEnv || meters) && Object.keys(values).length > 1;
	if (alone || (seed !== undefined && faults === undefined))
		throw new Error('give --aws-env or --meters alone, or any of --timing, -c name=value, and --faults with or without --seed');
	if (awsEnv) return { kind: 'aws-env' };
	if (meters) return { kind: 'meters' };
	return {
		kind: 'run',
		timing: values.timing === true,
		choices: (values.context ?? []).map(choiceOf),
		...(faults !== undefined && { faults: { settings: parseFaults(faults), seed: seed === undefined ? undefined : parseSeed(seed) } }),
	};
};
