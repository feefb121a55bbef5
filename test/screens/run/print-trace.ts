/** Prints what a seed is, and what came of it: `print-trace.ts screens SEED [BUG]`. */
import { plant } from '../../simulation/planted/plant.ts';
import { bugs } from '../planted-bugs.ts';

const [, seed, planted] = process.argv.slice(2);
const bug = bugs.find((one) => one.name === planted);
if (bug) plant(bug);
const { runSeed } = await import('./run-seed.ts');
const { linesOf, scheduleOf } = await import('../schedule/schedule.ts');
for (const line of linesOf(scheduleOf(Number(seed)))) process.stdout.write(`${line}\n`);
const { violation, tally } = await runSeed(Number(seed));
process.stdout.write(`${JSON.stringify(tally)}\n${violation?.message ?? 'nothing broken'}\n`);
process.exitCode = violation ? 1 : 0;
