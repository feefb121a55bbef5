/** The state folder: who holds it, which processes belong to it, and which port its tasks know. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { writeWhole } from './disk.ts';
import { isListening, listen } from './listen.ts';
import { startedAt } from './sandbox/process.ts';

/** Folder by folder: mkdir's own `recursive` never ends where the kernel makes no folders, as in /proc. */
const makeFolder = (path: string): void => {
	if (existsSync(path)) return;
	makeFolder(dirname(path));
	mkdirSync(path, { mode: 0o700 });
};

/** @throws Error with one clear line when nothing can be kept there */
export const openStateFolder = (path: string): string => {
	try {
		makeFolder(resolve(path));
		accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
		writeWhole(join(path, '.writable'), '');
		return realpathSync(path);
	} catch (error) {
		throw new Error(`the state folder ${path} can't be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
	}
};

/** A name in the kernel, not a file: it goes with the process that holds it, however that ends. */
const lockName = (folder: string): string => `\0shellpod-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;

/** Holds the folder until the process ends. @throws Error with one clear line when another stack holds it */
export const lockStateFolder = async (folder: string): Promise<Server> => {
	const server = createServer((socket) => socket.destroy());
	try {
		await listen(server, { path: lockName(folder) });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
		throw new Error(`another ShellPod runs on the state folder ${folder}; end it, or set SHELLPOD_STATE to another folder`);
	}
	server.unref();
	return server;
};

export const isStateFolderHeld = (folder: string): Promise<boolean> => isListening({ path: lockName(folder) });

/** ms by which the kernel's times of processes may be off */
const tolerance = 1_000;

/** Whether the process that had this number then still runs: numbers are given again, after a restart of the machine at once. */
const runsSince = (pid: number, then: number): boolean => {
	const started = startedAt(pid);
	return started !== undefined && started <= then + tolerance;
};

/** `<state>/pids`: one process id a line, the stack's first. */
export const createPidFile = (folder: string) => {
	const file = join(folder, 'pids');
	let written = '';
	return {
		/** processes of an earlier stack that still run: tasks to adopt */
		survivors: (): number[] => {
			if (!existsSync(file)) return [];
			const then = statSync(file).mtimeMs;
			return readFileSync(file, 'utf8')
				.split('\n')
				.filter(Boolean)
				.map(Number)
				.filter((pid) => runsSince(pid, then));
		},
		update: (pids: readonly number[]): void => {
			const text = [...new Set(pids)].map((pid) => `${pid}\n`).join('');
			if (text === written) return;
			writeWhole(file, text);
			written = text;
		},
	};
};

/** below the range from which the kernel takes ports for outgoing connections, so that it stays ours while we are away */
const portRange = { from: 20_000, to: 32_000 };

const readPort = (file: string): number | undefined => {
	const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
	return Number.isInteger(port) ? port : undefined;
};

/**
 * Listens on the port that this folder's tasks know; on a new one when it has none, or none of its tasks run.
 * @throws Error with one clear line when the port is taken and tasks rely on it
 */
export const listenOnKeptPort = async (server: Server, folder: string, tasksRun: boolean): Promise<number> => {
	const file = join(folder, 'endpoint-port');
	const kept = readPort(file);
	for (let attempt = 0; attempt < 50; attempt += 1) {
		const port = attempt === 0 && kept !== undefined ? kept : portRange.from + Math.floor(Math.random() * (portRange.to - portRange.from));
		try {
			await listen(server, { host: '127.0.0.1', port });
			if (port !== kept) writeWhole(file, String(port));
			return port;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
			if (port === kept && tasksRun) throw new Error(`port ${port}, at which running sessions look for ShellPod, is taken by another program`);
		}
	}
	throw new Error(`no port between ${portRange.from} and ${portRange.to} is free`);
};
