/** Prints every line of one seed: `print-trace.ts SCENARIO SEED [BUG]`. */
import { bugs } from '../planted/bugs.ts';
import { plant } from '../planted/plant.ts';

const [name, seed, planted] = process.argv.slice(2);
const bug = bugs.find((one) => one.name === planted);
if (bug) plant(bug);
const { runSeed } = await import('./run-seed.ts');
const { scenarios } = await import('../scenarios/scenarios.ts');
const scenario = scenarios.find((one) => one.name === name);
if (!scenario) throw new Error(`there is no scenario ${name}`);
const { violation, hash } = await runSeed(scenario, Number(seed), { onLine: (line) => void process.stdout.write(`${line}\n`) });
process.stdout.write(`${hash}\n${violation?.message ?? 'nothing broken'}\n`);
process.exitCode = violation ? 1 : 0;
