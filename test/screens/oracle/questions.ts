/** tmux itself, asked over a control client that has no size, gets no output and so changes nothing of what others see. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Questions {
	/** What a tmux command prints, line by line. Throws what tmux complains of. */
	ask(command: string): Promise<string[]>;
	close(): Promise<void>;
}

/**
 * Resolves when it has attached, and nothing should happen before: tmux 3.3a's server crashes when it has something to tell to a control client
 * whose attaching it has read one half of (`control_write` without a `control_state`, https://github.com/tmux/tmux/pull/4980).
 */
export const askTmux = async (socket: string, environment: Readonly<Record<string, string>>): Promise<Questions> => {
	const client: ChildProcessByStdio<Writable, Readable, null> = spawn(
		'tmux',
		['-u', '-S', socket, '-C', 'attach-session', '-t', 'main', '-f', 'no-output,ignore-size'],
		{ stdio: ['pipe', 'pipe', 'ignore'], env: { ...environment } },
	);
	const open: { done: (lines: string[]) => void; failed: (error: Error) => void }[] = [];
	const attached = Promise.withResolvers<void>();
	let answer: string[] | undefined;
	let isAttached = false;
	let gone = false;
	const finish = (ok: boolean): void => {
		const lines = answer ?? [];
		answer = undefined;
		// The first answer is to its attaching.
		if (!isAttached) {
			isAttached = true;
			attached.resolve();
			return;
		}
		const first = open.shift();
		if (ok) first?.done(lines);
		else first?.failed(new Error(`tmux: ${lines.join(' ')}`));
	};
	createInterface(client.stdout).on('line', (line) => {
		if (answer === undefined) {
			if (line.startsWith('%begin ')) answer = [];
		} else if (/^%(end|error) \d+ \d+ \d+$/.test(line)) finish(line.startsWith('%end'));
		else answer.push(line);
	});
	const ended = new Promise<void>((done) => {
		client.once('close', () => {
			gone = true;
			attached.reject(new Error('tmux has ended'));
			for (const { failed } of open.splice(0)) failed(new Error('tmux has ended'));
			done();
		});
	});
	await attached.promise;
	return {
		ask: (command) =>
			new Promise((done, failed) => {
				if (gone) return failed(new Error('tmux has ended'));
				open.push({ done, failed });
				client.stdin.write(`${command}\n`);
			}),
		async close(): Promise<void> {
			client.stdin.end();
			await ended;
		},
	};
};
