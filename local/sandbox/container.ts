/** A container: processes in namespaces of their own, under a supervisor that outlives this process. Its folder says all there is to know. */
import { spawn } from 'node:child_process';
import { existsSync, type FSWatcher, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, isAlive, readIdentity, sendSignal } from './process.ts';

export interface Bind {
	source: string;
	/** absolute path in the container */
	target: string;
	readOnly: boolean;
}

/** What the container's folder is told before the supervisor starts. */
export interface ContainerPlan {
	hostname: string;
	/** working directory of the command */
	workdir: string;
	/** folders whose contents come over the machine's system: first what hides it, then the image's files */
	base: string;
	image: string;
	/** parts of the machine's system on file systems of their own */
	grafts: readonly string[];
	/** in a network of its own */
	apart: boolean;
	/** argv, environment included (`env -i ...`) */
	command: readonly string[];
	binds: readonly Bind[];
}

/** How it ended: with a code as a shell says it (128 + signal); without one when its supervisor was killed too. */
export interface ContainerEnd {
	code?: number;
	/** false: the root couldn't be built; `output` says why */
	launched: boolean;
	/** the first 64 KB of what it printed */
	output: string;
}

export interface Container {
	/** the command is about to run; never when it ended first */
	readonly launched: Promise<void>;
	readonly ended: Promise<ContainerEnd>;
	/** to the container's process 1; SIGKILL ends everything in it */
	signal(signal: 'SIGTERM' | 'SIGKILL'): void;
	/** on the host: the supervisor with its own, and the container's process 1 */
	pids(): number[];
	/** Stops watching; the container goes on. */
	release(): void;
}

/** A killed supervisor says nothing: how often to look, in ms. */
const lookEvery = 500;
const supervisor = join(import.meta.dirname, 'supervise.sh');
const words = (list: readonly string[]): string => list.map((word) => `${word}\0`).join('');

/** Starts the supervisor in a folder of its own. */
export const startContainer = (folder: string, plan: ContainerPlan): Container => {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const write = (name: string, list: readonly string[]): void => writeFileSync(join(folder, name), words(list), { mode: 0o600 });
	write('command', plan.command);
	write(
		'binds',
		plan.binds.flatMap((bind) => [bind.source, bind.target, bind.readOnly ? 'ro' : 'rw']),
	);
	write('grafts', plan.grafts);
	if (plan.apart) write('apart', []);
	write('settings', [plan.hostname, plan.workdir, plan.base, plan.image]);
	// a session of its own: neither the terminal's Ctrl-C nor our end reaches it
	const child = spawn(supervisor, [folder], { detached: true, stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
	child.unref();
	const container = watchContainer(folder, () => child.exitCode === null && child.signalCode === null && child.pid !== undefined);
	child.once('exit', container.look);
	child.once('error', container.look);
	return container;
};

/** Finds what another process started there; undefined when nothing ever was. */
export const adoptContainer = (folder: string): Container | undefined =>
	existsSync(join(folder, 'supervisor')) ? watchContainer(folder, () => false) : undefined;

const watchContainer = (folder: string, comingUp: () => boolean): Container & { look(): void } => {
	const file = (name: string): string => join(folder, name);
	const identities = (): { supervisor: ReturnType<typeof readIdentity>; init: ReturnType<typeof readIdentity> } => ({
		supervisor: readIdentity(file('supervisor')),
		init: readIdentity(file('init')),
	});
	const launched = Promise.withResolvers<void>();
	const ended = Promise.withResolvers<ContainerEnd>();
	let done = false;
	let watcher: FSWatcher | undefined;
	let timer: NodeJS.Timeout | undefined;

	const release = (): void => {
		done = true;
		watcher?.close();
		clearInterval(timer);
	};
	const finish = (): void => {
		release();
		const text = (name: string): string | undefined => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined);
		const code = text('exit');
		ended.resolve({ ...(code === undefined ? {} : { code: Number(code) }), launched: existsSync(file('init')), output: text('output') ?? '' });
	};
	const look = (): void => {
		if (done) return;
		const { supervisor, init } = identities();
		if (init) launched.resolve();
		const running = (supervisor && isAlive(supervisor)) || (init && isAlive(init)) || (!supervisor && comingUp());
		if (existsSync(file('exit')) || !running) finish();
	};
	watcher = watch(folder, look);
	// a deleted folder ends the watching; the next look finds nobody alive
	watcher.on('error', look);
	timer = setInterval(look, lookEvery);
	timer.unref();
	look();

	return {
		launched: launched.promise,
		ended: ended.promise,
		look,
		release,
		signal: (signal) => {
			const { supervisor, init } = identities();
			if (init) sendSignal(init, signal);
			else if (supervisor && signal === 'SIGKILL') sendSignal(supervisor, signal, true);
		},
		pids: () => {
			const { supervisor, init } = identities();
			const withChildren = (pid: number): number[] => [pid, ...(pid === init?.pid ? [] : childrenOf(pid).flatMap(withChildren))];
			const own = supervisor && isAlive(supervisor) ? withChildren(supervisor.pid) : [];
			return init && isAlive(init) ? [...new Set([...own, init.pid])] : own;
		},
	};
};
