/** Prints what there is to run, for the script that runs it. */
import { bugs } from '../planted/bugs.ts';
import { scenarios } from '../scenarios/scenarios.ts';

process.stdout.write(
	JSON.stringify({
		scenarios: scenarios.map(({ name, about, faults }) => ({ name, about, faults })),
		bugs: bugs.map(({ name, scenario, file, source }) => ({ name, scenario, file, source })),
	}),
);
