/** The `shellpod` command of a session. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { activity } from '@shellpod/protocol/activity-limits.ts';
import { duration } from '@shellpod/protocol/sentences.ts';
import type { Answer, Request } from '../agent/senses/requests.ts';
import { askAgent } from './ask.ts';
import { completions, help } from './help.ts';
import { statusLines } from './status.ts';
import { readWords } from './words.ts';

const codes = { done: 0, refused: 1, wrong: 2, notFound: 127, notRunnable: 126 } as const;

const path = join(process.env.SHELLPOD_RUN ?? '/run/shellpod', 'agent.sock');
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const complain = (text: string): void => void process.stderr.write(`shellpod: ${text}\n`);

const ask = async (request: Request): Promise<Exclude<Answer, { is: 'error' }>> => {
	const answer = await askAgent(path, request);
	if (answer.is === 'error') throw new Error(answer.message);
	return answer;
};

/** Runs a command, and holds the session while it runs. The hold is this process's, so that it ends with it whatever happens. */
const runHeld = async (argv: readonly [string, ...string[]], reason: string): Promise<number> => {
	const [program, ...args] = argv;
	const held = ask({ do: 'hold', reason: reason.slice(0, activity.maxName), ms: activity.maxHoldMs, pid: process.pid }).catch((error: Error) => {
		complain(`${error.message}. The command runs, but nothing holds the session for it.`);
		return undefined;
	});
	// Ctrl+C reaches the command too: it decides what becomes of it.
	for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => undefined);
	for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
	const child = spawn(program, args, { stdio: 'inherit' });
	const code = await new Promise<number>((resolve) => {
		child.once('error', (error: NodeJS.ErrnoException) => {
			complain(`${program}: ${error.code === 'ENOENT' ? 'there is no such command' : 'it could not be started'}`);
			resolve(error.code === 'ENOENT' ? codes.notFound : codes.notRunnable);
		});
		child.once('exit', (exit, signal) => resolve(exit ?? 128 + (signal ? constants.signals[signal] : 0)));
	});
	const answer = await held;
	if (answer?.is === 'held') await ask({ do: 'release', id: answer.id }).catch(() => undefined);
	return code;
};

const main = async (): Promise<number> => {
	const wish = readWords(process.argv.slice(2));
	switch (wish.kind) {
		case 'help':
			process.stdout.write(help);
			return codes.done;
		case 'completion':
			process.stdout.write(completions[wish.shell]);
			return codes.done;
		case 'wrong':
			complain(`${wish.message}\nTry: shellpod help`);
			return codes.wrong;
		case 'run':
			return runHeld(wish.argv, wish.reason);
		case 'status': {
			const answer = await ask({ do: 'status' });
			if (answer.is === 'status') say(wish.json ? JSON.stringify(answer.status) : statusLines(answer.status).join('\n'));
			return codes.done;
		}
		case 'hold': {
			const answer = await ask({ do: 'hold', reason: wish.reason.slice(0, activity.maxName), ms: wish.ms });
			if (answer.is === 'held')
				say(wish.json ? JSON.stringify({ id: answer.id, ms: answer.ms }) : `Held for ${duration(answer.ms)} (hold ${answer.id}).`);
			return codes.done;
		}
		case 'notify':
			await ask({ do: 'notify', message: wish.message });
			say(wish.json ? JSON.stringify({ notified: true }) : 'Your open pages show it.');
			return codes.done;
		case 'release': {
			const answer = await ask({ do: 'release', ...(wish.id !== undefined && { id: wish.id }) });
			if (answer.is !== 'released') return codes.refused;
			if (wish.id !== undefined && answer.count === 0) throw new Error(`there is no hold ${wish.id}; shellpod status shows them`);
			say(wish.json ? JSON.stringify({ released: answer.count }) : `Released: ${answer.count}.`);
			return codes.done;
		}
	}
};

try {
	process.exitCode = await main();
} catch (error) {
	complain(error instanceof Error ? error.message : String(error));
	process.exitCode = codes.refused;
}
