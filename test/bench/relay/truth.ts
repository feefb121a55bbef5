/** tmux's own screen, asked for again and again by a control client that gets no output and has no size. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { scheduler } from 'node:timers/promises';

export interface Truth {
	/** of the pane, without what stands behind the lines */
	lines(): string[];
	/**
	 * Is called with each look: the screen, and since when it may have been so, ms of `performance.now()`. Nobody sees when a screen changes between
	 * two looks: their middle is taken.
	 */
	onLook(listener: (lines: string[], at: number) => void): () => void;
	close(): void;
}

/** ms between two looks, beside what a look takes */
const restMs = 5;

/** @param socket of the tmux server */
export const watchTmux = async (socket: string): Promise<Truth> => {
	const client = spawn('tmux', ['-S', socket, '-C', 'attach-session', '-t', 'main', '-f', 'no-output,ignore-size'], {
		stdio: ['pipe', 'pipe', 'inherit'],
		env: { ...process.env, LC_ALL: 'C.UTF-8' },
	});
	const listeners = new Set<(lines: string[], at: number) => void>();
	let latest: string[] = [];
	let answer: string[] | undefined;
	let answered: ((lines: string[]) => void) | undefined;
	createInterface(client.stdout).on('line', (line) => {
		if (line.startsWith('%begin ')) answer = [];
		else if (line.startsWith('%end ') || line.startsWith('%error ')) {
			answered?.(answer ?? []);
			answer = undefined;
		} else answer?.push(line.trimEnd());
	});
	let open = true;
	client.once('exit', () => {
		open = false;
		answered?.([]);
	});
	const look = async (): Promise<void> => {
		// The first answer is to its attaching.
		await new Promise<string[]>((done) => {
			answered = done;
		});
		for (let before = performance.now(); open; await scheduler.wait(restMs)) {
			const asked = performance.now();
			const lines = await new Promise<string[]>((done) => {
				answered = done;
				client.stdin.write('capture-pane -p -t main\n');
			});
			if (!open) return;
			const looked = (asked + performance.now()) / 2;
			latest = lines;
			for (const listener of listeners) listener(lines, (before + looked) / 2);
			before = looked;
		}
	};
	await once(client, 'spawn');
	void look();
	return {
		lines: () => latest,
		onLook: (listener) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		close: () => {
			open = false;
			client.kill();
		},
	};
};
