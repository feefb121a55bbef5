/** What runs of one stack, by the process table and not by what the stack says. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '../../local/sandbox/process.ts';

export interface Found extends ProcessIdentity {
	/** stack: the process that `npm start` runs; task: in a container; other: what helps either */
	kind: 'stack' | 'task' | 'other';
	command: string;
	/** names its mount namespace */
	mounts: string;
}

const read = (pid: string, name: string): string => {
	try {
		return readFileSync(`/proc/${pid}/${name}`, 'utf8');
	} catch {
		// it has ended meanwhile
		return '';
	}
};

const link = (pid: string, name: string): string => {
	try {
		return readlinkSync(`/proc/${pid}/${name}`);
	} catch {
		return '';
	}
};

/** Every process that has to do with the state folder: by its arguments, its environment, where it stands, or what is mounted where it lives. */
export const processesOf = (state: string): Found[] => {
	const ours = link('self', 'ns/mnt');
	return readdirSync('/proc').flatMap((pid): Found[] => {
		if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return [];
		const words = read(pid, 'cmdline').split('\0');
		// what ends the stack when its test is gone
		if (words[3] === 'leash') return [];
		const started = read(pid, 'environ').split('\0').includes(`SHELLPOD_STATE=${state}`);
		const mounts = link(pid, 'ns/mnt');
		const inTask = mounts !== ours && read(pid, 'mountinfo').includes(basename(state));
		if (!started && !inTask && !words.some((word) => word.startsWith(state)) && !link(pid, 'cwd').startsWith(state)) return [];
		const identity = identify(Number(pid));
		if (!identity || !isAlive(identity)) return [];
		const isStack = started && words.some((word) => word.endsWith('/local/main.ts'));
		return [{ ...identity, kind: isStack ? 'stack' : inTask ? 'task' : 'other', command: words.join(' ').trim(), mounts }];
	});
};

const pollMs = 5;
const hangMs = 30_000;

/** Looks again and again. Throws what `why` says when it takes too long. */
export const untilSo = async <T>(look: () => T | undefined | Promise<T | undefined>, why: () => string, ms = hangMs, every = pollMs): Promise<T> => {
	const begun = performance.now();
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (performance.now() - begun > ms) throw new Error(why());
		await new Promise((resolve) => setTimeout(resolve, every));
	}
};

export const send = (to: readonly ProcessIdentity[], signal: NodeJS.Signals): void => {
	for (const { pid } of to)
		try {
			process.kill(pid, signal);
		} catch {
			// it has ended meanwhile
		}
};

export const words = (found: readonly Found[]): string => found.map(({ pid, command }) => `${pid} ${command}`).join('\n');

/** SIGKILL to the stack itself, or, before there is one, to what is about to run it; resolves when all that helps it has ended, untold. */
export const killStack = async (state: string): Promise<void> => {
	const outlives = /\/sandbox\/|^(?:cat|head)\b/;
	let left: Found[] = [];
	await untilSo(
		() => {
			left = processesOf(state).filter(({ kind, command }) => kind !== 'task' && !outlives.test(command));
			const stack = left.filter((one) => one.kind === 'stack');
			send(stack.length > 0 ? stack : left.filter(({ command }) => command.includes('/scripts/start.mjs')), 'SIGKILL');
			return left.length === 0 || undefined;
		},
		() => `still there after the stack was killed:\n${words(left)}`,
	);
};

/** SIGKILL to everything at one instant, so that nobody sees another one end: all are stopped before the first is killed. */
export const killEverything = async (state: string): Promise<void> => {
	const stopped = new Set<number>();
	for (;;) {
		const fresh = processesOf(state).filter(({ pid }) => !stopped.has(pid));
		if (fresh.length === 0) break;
		send(fresh, 'SIGSTOP');
		for (const { pid } of fresh) stopped.add(pid);
	}
	send(processesOf(state), 'SIGKILL');
	await untilSo(
		() => (processesOf(state).length === 0 ? true : undefined),
		() => `still there after everything was killed:\n${words(processesOf(state))}`,
	);
};
