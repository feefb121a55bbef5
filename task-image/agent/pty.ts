import { writeSync } from 'node:fs';
import { type IPty, spawn } from 'node-pty';

export interface PtySize {
	columns: number;
	rows: number;
}

export interface PtyEvents {
	data(bytes: Uint8Array): void;
	/** Once, after the last data. */
	exit(code: number): void;
}

/** A program in a pseudo terminal of its own. */
export interface Pty {
	/** of the terminal, as programs in it see it: `/dev/pts/3` */
	readonly name: string;
	/** Gives the kernel what it takes now and says how many bytes that was; 0 also when the program is gone. */
	write(bytes: Uint8Array): number;
	/** Stops reading: the program blocks when the kernel's few KB are full. */
	pause(): void;
	resume(): void;
	resize(size: PtySize): void;
	kill(): void;
}

/** Throws when no process can be made. */
export type SpawnPty = (argv: readonly string[], environment: Readonly<Record<string, string>>, cwd: string, size: PtySize, events: PtyEvents) => Pty;

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EAGAIN';

export const spawnPty: SpawnPty = (argv, environment, cwd, size, events) => {
	const [file, ...rest] = argv;
	if (!file) throw new TypeError('no program');
	// node-pty's types leave out the descriptor, the name and the close event that its class has had since its beginning.
	const child = spawn(file, rest, {
		cwd,
		env: { ...environment },
		name: environment.TERM ?? 'xterm-256color',
		cols: size.columns,
		rows: size.rows,
		encoding: null,
	}) as IPty & { readonly fd: number; readonly ptsName: string; on(event: 'close', listener: () => void): void };
	let open = true;
	// Without an encoding node-pty gives buffers, whatever its types say.
	child.onData((data: string | Uint8Array) => events.data(typeof data === 'string' ? Buffer.from(data) : data));
	child.on('close', () => {
		open = false;
	});
	child.onExit(({ exitCode }) => {
		open = false;
		events.exit(exitCode);
	});
	return {
		name: child.ptsName,
		// Not child.write: it queues without a bound, tells nobody what was really written, and spins while the program doesn't read.
		write: (bytes) => {
			if (!open) return 0;
			try {
				return writeSync(child.fd, bytes);
			} catch (error) {
				if (isBusy(error)) return 0;
				open = false;
				return 0;
			}
		},
		pause: () => child.pause(),
		resume: () => child.resume(),
		resize: ({ columns, rows }) => {
			if (open) child.resize(columns, rows);
		},
		kill: () => child.kill('SIGTERM'),
	};
};
