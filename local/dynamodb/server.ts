/** The process that holds the tables: dynoxide, one at a time per state folder, never longer than the stack. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../disk.ts';
import { identify, isAlive, readIdentity } from '../sandbox/process.ts';
import { createDynamoClient, type DynamoClient } from './client.ts';
import { createInside, type Inside } from './connections.ts';

/** ms until it must answer; it takes about 25 */
const readyMs = 10_000;
const pollMs = 5;
/** ms for an orderly end */
const stopMs = 2_000;

export interface TableServer {
	readonly client: DynamoClient;
	/** of the tables' process and of the one that leads to it */
	pids(): number[];
	stop(): Promise<void>;
}

const insideScript = fileURLToPath(new URL('inside.ts', import.meta.url));

const unusable = (why: string): Error => new Error(`the local DynamoDB (@dynoxide/linux-x64) can't run: ${why}; try \`npm ci\``);

const findBinary = (): string => {
	try {
		return createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
	} catch {
		throw unusable('it is not installed');
	}
};

/** The kernel ends it with its stack, so one that stays belongs to a stack that runs, and two would write to one file. */
const awaitEnd = async (pidFile: string): Promise<void> => {
	const last = readIdentity(pidFile);
	for (let waited = 0; last && isAlive(last); waited += pollMs) {
		if (waited > stopMs) throw new Error('another ShellPod uses this state folder');
		await delay(pollMs);
	}
};

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/**
 * @param folder absolute path; the database, the log and the pid are kept in it
 * @param log one line for the operator
 * @throws Error with one clear line when the binary can't run
 */
export const startTableServer = async (folder: string, log: (line: string) => void): Promise<TableServer> => {
	const binary = findBinary();
	const pidFile = join(folder, 'pid');
	const logFile = join(folder, 'log');
	let child: ChildProcess | undefined;
	let inside: Inside | undefined;
	let stopping = false;
	const client = createDynamoClient((done) => (inside ? inside.connect(done) : done(new Error('not started'))));

	const launch = async (): Promise<void> => {
		await awaitEnd(pidFile);
		const output = openSync(logFile, 'w', 0o600);
		// A session of its own: Ctrl-C is for the stack, which still needs its tables while it ends. The kernel kills it with the stack.
		const command = ['--pdeathsig', 'KILL', 'unshare', '--net', process.execPath, insideScript, binary, join(folder, 'tables.sqlite')];
		const started = spawn('setpriv', command, { stdio: ['ignore', output, output, 'ipc'], detached: true });
		inside = createInside(started);
		closeSync(output);
		const failure = once(started, 'error').then(([error]: unknown[]) => error as Error);
		const begun = Date.now();
		for (;;) {
			const result = await Promise.race([
				client.call('ListTables', {}).then(
					() => 'ready' as const,
					() => 'not yet' as const,
				),
				failure,
			]);
			if (result instanceof Error) throw unusable(result.message);
			if (result === 'ready' && !ended(started)) break;
			if (ended(started) || Date.now() - begun > readyMs) {
				started.kill('SIGKILL');
				throw unusable(readFileSync(logFile, 'utf8').trim().split('\n').at(-1) || `it ended with ${started.exitCode ?? started.signalCode}`);
			}
			await delay(pollMs);
		}
		child = started;
		writeWhole(pidFile, `${inside.pid()} ${identify(inside.pid())?.startTime}\n`);
		started.once('exit', (code, signal) => {
			if (stopping) return;
			log(`the local DynamoDB ended (${code ?? signal}); starting it again`);
			launch().catch((error: unknown) => log(String(error)));
		});
	};
	await launch();

	return {
		client,
		pids: () => [child?.pid, inside?.pid()].filter((pid) => pid !== undefined),
		async stop() {
			stopping = true;
			client.close();
			if (child && !ended(child)) {
				const gone = once(child, 'exit');
				child.kill('SIGTERM');
				const late = setTimeout(() => child?.kill('SIGKILL'), stopMs);
				await gone;
				clearTimeout(late);
			}
			rmSync(pidFile, { force: true });
		},
	};
};
