/** Prints what there is to run, for the script that runs it. */
import { bugs } from '../planted-bugs.ts';
import { about, name } from './scenario.ts';

process.stdout.write(
	JSON.stringify({ scenarios: [{ name, about }], bugs: bugs.map((bug) => ({ name: bug.name, scenario: bug.scenario, file: bug.file })) }),
);
