/**
 * `npm start`: synthesizes the app, runs it on this machine, prints the link, ends in order on SIGINT, SIGTERM and SIGHUP.
 * `--aws-env` prints what points an AWS SDK at the stack that runs, `--meters` what it would have cost on AWS;
 * `--faults` lets things go wrong, `--seed` the same things again; `-c` is an operator's choice; `--timing` says how long the parts of the start took.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Run, readArguments } from './arguments.ts';
import { createEndpointServer } from './endpoints.ts';
import { createFaultPlan, type FaultPlan, noPlan } from './faults/faults.ts';
import { createFrontServer } from './front.ts';
import { listen } from './listen.ts';
import { askMeters } from './meters/ask.ts';
import { bill } from './meters/bill.ts';
import { sandboxProblem } from './sandbox/problem.ts';
import { type LocalSettings, readSettings } from './settings.ts';
import { type LocalStack, startStack } from './stack.ts';
import { createPidFile, isStateFolderHeld, listenOnKeptPort, lockStateFolder, openStateFolder } from './state-folder.ts';
import { createTiming } from './timing.ts';

const root = join(import.meta.dirname, '..');
/** ms from the first signal to the end, whatever hangs */
const stopMs = 28_000;
/** ms between two looks at which processes there are */
const pidsMs = 500;

const log = (line: string): void => console.error(line);

const operatorEnvironment = async (state: string): Promise<Record<string, string>> => {
	const file = join(state, 'aws-env.json');
	if (!existsSync(file) || !(await isStateFolderHeld(state))) throw new Error(`no ShellPod runs on ${state}: start one with npm start`);
	return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
};

const planOf = ({ faults }: Run): FaultPlan => {
	if (!faults) return noPlan;
	const seed = faults.seed ?? randomInt(0xffff_ffff);
	log(`things will go wrong as asked; --seed ${seed} repeats the draws`);
	return createFaultPlan(seed, faults.settings);
};

/**
 * Its words go to stderr: stdout is for the link. It ends with us, so that the next start finds nobody at work. With choices the app is another one:
 * it has a place of its own, beside the state.
 */
const synthesize = async (choices: readonly string[], state: string): Promise<string> => {
	const output = choices.length === 0 ? join(root, 'cdk.out') : join(state, 'cdk.out');
	const args = ['--output', output, ...choices.flatMap((choice) => ['--context', choice])];
	const child = spawn('setpriv', ['--pdeathsig', 'TERM', process.execPath, join(root, 'scripts/synth.mjs'), ...args], {
		cwd: root,
		stdio: ['ignore', 2, 2],
	});
	const [code] = (await once(child, 'exit')) as [number | null];
	if (code !== 0) throw new Error('the app could not be synthesized');
	return output;
};

const claimPort = async (server: ReturnType<typeof createFrontServer>['server'], port: number): Promise<void> => {
	try {
		await listen(server, { host: '127.0.0.1', port });
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EADDRINUSE') throw new Error(`port ${port} is taken: end what uses it, or set PORT to another port`);
		if (code === 'EACCES') throw new Error(`port ${port} may not be used here: set PORT to another port`);
		throw error;
	}
};

const run = async (settings: LocalSettings, given: Run): Promise<void> => {
	const faults = planOf(given);
	const timing = createTiming(() => performance.now());
	timing.ended('loading');
	const state = openStateFolder(settings.state);
	await lockStateFolder(state);
	const front = createFrontServer();
	await claimPort(front.server, settings.port);
	const problem = sandboxProblem(state);
	if (problem) throw new Error(problem);
	const pidFile = createPidFile(state);
	const endpoints = createEndpointServer();
	const survivors = pidFile.survivors();
	await listenOnKeptPort(endpoints.server, state, survivors.length > 0);

	let stack: LocalStack | undefined;
	const tellPids = (): void => pidFile.update([process.pid, ...(stack?.pids() ?? survivors)]);
	tellPids();
	const stop = async (): Promise<void> => {
		setTimeout(() => process.exit(0), stopMs).unref();
		front.server.close();
		front.server.closeIdleConnections();
		await stack?.stop();
		pidFile.update([]);
		process.exit(0);
	};
	let stopping = false;
	const onSignal = (): void => {
		// one Ctrl-C may arrive several times
		if (stopping) return;
		stopping = true;
		stop().catch((error: unknown) => {
			log(`the end was not orderly: ${String(error)}`);
			process.exit(1);
		});
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

	timing.ended('machine');
	const assembly = await synthesize(given.choices, state);
	timing.ended('synthesis');
	stack = await startStack({ assembly, state, key: settings.key, front, endpoints, faults, log, ended: timing.ended });
	tellPids();
	setInterval(tellPids, pidsMs);
	if (given.timing) log(timing.line());
	console.log(`ShellPod is running at ${stack.gate.link}`);
};

try {
	const settings = readSettings(process.env, process.cwd());
	const given = readArguments(process.argv.slice(2));
	if (given.kind === 'run') await run(settings, given);
	else {
		const environment = await operatorEnvironment(settings.state);
		if (given.kind === 'meters') console.log(bill(await askMeters(environment)));
		else for (const [name, value] of Object.entries(environment)) console.log(`export ${name}='${value}'`);
	}
} catch (error) {
	log(error instanceof Error ? error.message : String(error));
	process.exit(1);
}
