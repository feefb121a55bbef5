/** The product as a user starts it: `npm start`'s script in a process of its own, on a free port, with a state folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { holdStack, type Leash } from './leash.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Stack {
	port: number;
	key: string;
	/** state folder */
	state: string;
	/** `http://localhost:<port>` */
	origin: string;
	/** the printed link */
	link: string;
	/** every line of output so far */
	output: string[];
	/** Ctrl-C; the exit code and how many ms it took */
	interrupt(): Promise<{ code: number | null; ms: number }>;
	/** SIGKILL to the stack's own processes, not to its tasks: what a crash of the stack does */
	crash(): Promise<void>;
	/** SIGKILL to every process id in `pids`: what a power cut does */
	powerCut(): Promise<void>;
	/** what `npm start -- --aws-env` prints, as an environment */
	awsEnvironment(): Promise<Record<string, string>>;
	/** Ctrl-C if it still runs, then the state folder is removed */
	dispose(): Promise<void>;
}

export const freePort = (): Promise<number> =>
	new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			if (!address || typeof address === 'string') return reject(new Error('no port'));
			server.close(() => resolve(address.port));
		});
	});

const ready = /^ShellPod is running at (http:\/\/localhost:(\d+)\/#key=(\S+))$/;

const ended = (child: ChildProcess): Promise<number | null> =>
	child.exitCode !== null || child.signalCode !== null
		? Promise.resolve(child.exitCode)
		: new Promise((resolve) => {
				child.once('exit', (code) => resolve(code));
			});

const run = (args: string[], environment: Record<string, string>): ChildProcess =>
	spawn(process.execPath, [join(root, 'scripts/start.mjs'), ...args], {
		cwd: root,
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
		// A group of its own: a signal to it is what Ctrl-C in a terminal is.
		detached: true,
	});

const kill = (pid: number, signal: NodeJS.Signals): void => {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
};

/** by state folder: of two stacks, one after the other on one folder, only the second is held */
const leashes = new Map<string, Leash>();

/**
 * Starts it and waits for the printed link; it ends with this process. Give `state` and `port` of an earlier one to start it again.
 * `faults`: what shall go wrong, as of `--faults`; by default what SHELLPOD_FAULTS, with SHELLPOD_SEED, asks of every stack that tests start.
 * `choices`: the operator’s, as `name=value`. `timing`: its output has a line with how long the parts of the start took.
 */
export const startStack = async (
	options: { state?: string; port?: number; faults?: string; seed?: number; choices?: readonly string[]; timing?: boolean } = {},
): Promise<Stack> => {
	const state = options.state ?? (await mkdtemp(join(tmpdir(), 'shellpod-e2e-')));
	const port = options.port ?? (await freePort());
	const environment = { PORT: String(port), SHELLPOD_STATE: state };
	const faults = options.faults ?? process.env.SHELLPOD_FAULTS;
	const chosen = options.seed ?? process.env.SHELLPOD_SEED;
	const seed = chosen === undefined ? [] : ['--seed', String(chosen)];
	const choices = (options.choices ?? []).flatMap((choice) => ['-c', choice]);
	const child = run([...choices, ...(faults ? ['--faults', faults, ...seed] : []), ...(options.timing ? ['--timing'] : [])], environment);
	leashes.get(state)?.letGo();
	const leash = holdStack(child.pid as number, state);
	leashes.set(state, leash);
	const remove = async (): Promise<void> => {
		leash.letGo();
		leashes.delete(state);
		await rm(state, { recursive: true, force: true });
	};
	const output: string[] = [];
	const link = await new Promise<RegExpExecArray>((resolve, reject) => {
		if (!child.stdout || !child.stderr) throw new Error('no output');
		createInterface(child.stderr).on('line', (line) => output.push(line));
		createInterface(child.stdout).on('line', (line) => {
			output.push(line);
			const match = ready.exec(line);
			if (match) resolve(match);
		});
		child.once('exit', (code) => reject(new Error(`the stack ended with ${code} before it was ready:\n${output.join('\n')}`)));
	}).catch(async (error: unknown) => {
		if (options.state === undefined) await remove();
		throw error;
	});
	const pids = async (): Promise<number[]> => (await readFile(join(state, 'pids'), 'utf8')).split('\n').filter(Boolean).map(Number);

	const stack: Stack = {
		port,
		key: link[3] as string,
		state,
		origin: `http://localhost:${port}`,
		link: link[1] as string,
		output,
		async interrupt() {
			const begun = performance.now();
			kill(-(child.pid as number), 'SIGINT');
			const code = await ended(child);
			return { code, ms: performance.now() - begun };
		},
		async crash() {
			// The first line is the stack itself; its helpers end with it.
			const [own] = await pids();
			kill(own as number, 'SIGKILL');
			await ended(child);
		},
		async powerCut() {
			for (const pid of [child.pid as number, ...(await pids())]) kill(pid, 'SIGKILL');
			await ended(child);
		},
		async awsEnvironment() {
			const asked = run(['--aws-env'], environment);
			let text = '';
			asked.stdout?.on('data', (chunk: Buffer) => {
				text += chunk.toString();
			});
			const code = await ended(asked);
			if (code !== 0) throw new Error(`--aws-env ended with ${code}`);
			return Object.fromEntries(
				[...text.matchAll(/^(?:export )?(\w+)=(?:'([^']*)'|"([^"]*)"|(\S*))$/gm)].map((m) => [m[1], m[2] ?? m[3] ?? m[4] ?? '']),
			);
		},
		async dispose() {
			if (child.exitCode === null && child.signalCode === null) await stack.interrupt();
			await remove();
		},
	};
	return stack;
};
