/**
 * What `npm run contract` runs.
 *   plan FOLDER    prints what asking an account would do; FOLDER is the contract stack's cloud assembly
 *   stand-ins      asks the stand-ins of this machine
 *   account        asks the contract stack of the account that the AWS environment names
 *   --long         the questions that take many minutes too
 * Exit code 1: a contradiction, or a question that could not be asked.
 */
import { sections } from '../../../local/behaviours/all.ts';
import { askAll } from './ask.ts';
import { openAccount } from './aws.ts';
import { planOf } from './plan.ts';
import { all } from './questions/all.ts';
import { isWrong, report, tableOf } from './report.ts';
import { openStandIns } from './stand-ins.ts';
import type { Target } from './target.ts';

const args = process.argv.slice(2);
const long = args.includes('--long');
const [what, folder = ''] = args.filter((arg) => !arg.startsWith('--'));
const behaviours = Object.values(sections).flat();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const ask = async (target: Target): Promise<void> => {
	// what was made must go, however this ends
	let over: Promise<void> | undefined;
	const end = (): Promise<void> => {
		over ??= target.close();
		return over;
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const)
		process.once(signal, () => {
			say('Removing what was made ...');
			void end().finally(() => process.exit(130));
		});
	try {
		const begun = Date.now();
		const answers = await askAll(all, target, { long, say });
		const lines = report({ behaviours, questions: all, answers, kind: target.kind, today: new Date().toISOString().slice(0, 10) });
		console.log(tableOf(lines));
		console.log(
			`asked ${target.kind === 'account' ? `account ${target.account}, ${target.region}` : 'the stand-ins'} in ${Math.round((Date.now() - begun) / 1_000)} s`,
		);
		process.exitCode = isWrong(lines) ? 1 : 0;
	} finally {
		await end();
	}
};

try {
	if (what === 'plan') console.log(planOf({ questions: all, behaviours, assembly: folder, long }));
	// what the stand-ins log of questions that are meant to fail is nobody's concern
	else if (what === 'stand-ins') await ask(await openStandIns(() => {}));
	else if (what === 'account') await ask(await openAccount(say));
	else throw new Error('main.ts plan FOLDER | stand-ins | account [--long]');
} catch (error) {
	say(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
}
process.exit();
