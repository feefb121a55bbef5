/** `npm run shellpod-admin`: the operator's command. It runs with the operator's own AWS credentials, and asks no function for anything. */
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseCommandLine } from './command-line.ts';
import { help } from './help.ts';
import { findIdentity, openShellPod } from './open.ts';
import { exits, Problem } from './problem.ts';
import { run } from './run.ts';
import type { Screen } from './shellpod.ts';
import { Refusal } from './signed-call.ts';

const note = (line: string): void => void process.stderr.write(`${line}\n`);

const screen: Screen = {
	say: (line) => void process.stdout.write(`${line}\n`),
	ask: async (question) => {
		if (!process.stdin.isTTY) return undefined;
		const lines = createInterface({ input: process.stdin, output: process.stderr });
		try {
			return await lines.question(question);
		} finally {
			lines.close();
		}
	},
};

const log = {
	// What went well the command says itself.
	info: () => {},
	warn: (event: string, fields: Readonly<Record<string, unknown>> = {}) => note(`${event}: ${JSON.stringify(fields)}`),
	error: (event: string, error: unknown) => note(`${event}: ${error instanceof Error ? error.message : String(error)}`),
};

const main = async (): Promise<void> => {
	const { command, target } = parseCommandLine(process.argv.slice(2));
	if (command.kind === 'help') return void process.stdout.write(help);
	// As if they had been set before: the SDK reads them itself.
	if (target.region !== undefined) process.env.AWS_REGION = target.region;
	if (target.profile !== undefined) process.env.AWS_PROFILE = target.profile;
	const identity = await findIdentity();
	const by = userInfo().username;
	const pod = await openShellPod({ identity, environment: process.env, deployment: target.deployment, by, wait, now: () => new Date(), log });
	const { name, region, account, page, oneMachine } = pod.deployment;
	note(oneMachine ? `${name} on this machine: ${page}` : `${name} in account ${account}, ${region}: ${page}`);
	await run(pod, command, screen);
};

try {
	await main();
} catch (error) {
	if (error instanceof Problem) note(error.message);
	else if (error instanceof Refusal) note(`AWS refused (${error.code}): ${error.message}`);
	else note(error instanceof Error ? (error.stack ?? error.message) : String(error));
	process.exitCode = error instanceof Problem ? error.exit : exits.refused;
}
