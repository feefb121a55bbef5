/** The container's processes, as /proc shows them. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface Process {
	pid: number;
	parent: number;
	/** process group: a shell gives each of its jobs one */
	group: number;
	/** as the kernel knows it, 15 characters */
	comm: string;
	argv: readonly string[];
	/** ms since it began */
	ageMs: number;
	/** it was stopped (Ctrl+Z) and does nothing */
	stopped: boolean;
	/** a TCP port is open to whoever comes */
	listens: boolean;
	/** what it reads comes from a file or a pipe: nobody has to type it */
	fed: boolean;
}

/** clock ticks per second, which Linux has fixed for all programs */
const ticks = 100;

interface Stat {
	comm: string;
	state: string;
	parent: number;
	group: number;
	startedTicks: number;
}

/** One line of `/proc/PID/stat`; the name stands in parentheses and may hold anything. */
export const parseStat = (text: string): Stat | undefined => {
	const open = text.indexOf('(');
	const close = text.lastIndexOf(')');
	const [state, parent, group, ...rest] = text.slice(close + 2).split(' ');
	if (open < 0 || close < open || state === undefined || rest.length < 17) return undefined;
	return { comm: text.slice(open + 1, close), state, parent: Number(parent), group: Number(group), startedTicks: Number(rest[16]) };
};

/** Inodes of the sockets that listen, of `/proc/net/tcp` or `tcp6`. */
export const listeningInodes = (table: string): string[] =>
	table
		.split('\n')
		.slice(1)
		.map((line) => line.trim().split(/\s+/))
		.filter((fields) => fields[3] === '0A')
		.map((fields) => fields[9] ?? '');

/** The words of `/proc/PID/cmdline`; a program that wrote one title over them (npm does) gives the words of that. */
export const argvOf = (cmdline: string): string[] => {
	const words = cmdline.replace(/\0+$/, '').split('\0');
	const [title = ''] = words;
	return words.length === 1 ? title.split(' ').filter((word) => word !== '') : words;
};

/** Whether an input is a file, a heredoc among them, or a pipe; a terminal, a device and a socket to who speaks with it are not. */
export const isFed = (input: string): boolean => input.startsWith('pipe:') || (input.startsWith('/') && !input.startsWith('/dev/'));

const quiet = async <T>(read: Promise<T>, otherwise: T): Promise<T> => read.catch(() => otherwise);

/** Reads them all; `proc`: where /proc is. What ends meanwhile is left out. Costs some 50 µs a process; sockets are read only where some listen. */
export const readProcesses = async (proc = '/proc'): Promise<Process[]> => {
	const uptimeMs = Number((await readFile(join(proc, 'uptime'), 'utf8')).split(' ')[0]) * 1_000;
	const tables = await Promise.all(['tcp', 'tcp6'].map((name) => quiet(readFile(join(proc, 'self/net', name), 'utf8'), '')));
	const listening = new Set(tables.flatMap(listeningInodes).map((inode) => `socket:[${inode}]`));

	const listensOf = async (folder: string): Promise<boolean> => {
		if (listening.size === 0) return false;
		for (const handle of await quiet(readdir(join(folder, 'fd')), [])) {
			if (listening.has(await quiet(readlink(join(folder, 'fd', handle)), ''))) return true;
		}
		return false;
	};

	const one = async (pid: string): Promise<Process | undefined> => {
		const folder = join(proc, pid);
		const stat = parseStat(await quiet(readFile(join(folder, 'stat'), 'utf8'), ''));
		if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined;
		const argv = argvOf(await quiet(readFile(join(folder, 'cmdline'), 'utf8'), ''));
		const { comm, parent, group, startedTicks } = stat;
		const fed = isFed(await quiet(readlink(join(folder, 'fd/0')), ''));
		const ageMs = Math.max(0, uptimeMs - (startedTicks * 1_000) / ticks);
		return { pid: Number(pid), parent, group, comm, argv, ageMs, stopped: stat.state === 'T', listens: await listensOf(folder), fed };
	};

	const found: Process[] = [];
	// One after the other: all at once would hold a thread of the file system for each.
	for (const name of await readdir(proc)) {
		const process = /^\d+$/.test(name) ? await one(name) : undefined;
		if (process) found.push(process);
	}
	return found;
};
