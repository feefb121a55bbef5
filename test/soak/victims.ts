/** What is killed in a session's task, found in the process table and killed at once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, isAlive, readIdentity } from '../../local/sandbox/process.ts';
import type { Stack } from '../support/stack.ts';
import { type Found, processesOf, send, untilSo, words } from './processes.ts';

/** task: its first process, and with it all of them; supervised: with what watches it on the host, so that nobody sees how it ended */
export const victims = ['agent', 'tmux', 'task', 'supervised'] as const;
export type Victim = (typeof victims)[number];

const nameOf = ({ pid }: Found): string => {
	try {
		return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	} catch {
		// it has ended meanwhile
		return '';
	}
};

const withChildren = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(withChildren)];

/** Who is sent the signal, and who must be gone then. Empty where there is none at this moment. */
const find = ({ state }: Stack, id: string, victim: Victim): { killed: Found[]; gone: Found[] } => {
	const folder = join(state, 'ecs/sandbox/containers', id);
	const found = processesOf(state);
	const init = found.find(({ pid }) => pid === readIdentity(join(folder, 'init'))?.pid);
	const inside = found.filter(({ kind, mounts }) => kind === 'task' && mounts === init?.mounts);
	if (victim === 'task' || victim === 'supervised') {
		const supervisor = readIdentity(join(folder, 'supervisor'))?.pid;
		const outside = found.filter(({ pid }) => pid === supervisor);
		return { killed: [...(victim === 'supervised' ? outside : []), ...(init ? [init] : [])], gone: [...outside, ...inside] };
	}
	const killed = inside.filter((one) => (victim === 'tmux' ? nameOf(one) === 'tmux: server' : one.command.includes('/task-image/agent/main.ts')));
	const family = new Set(killed.flatMap(({ pid }) => withChildren(pid)));
	return { killed, gone: inside.filter(({ pid }) => family.has(pid)) };
};

/** SIGKILL, as soon as there is somebody to send it to; resolves when none of those is left that must go with it. */
export const killIn = async (stack: Stack, task: string, victim: Victim): Promise<void> => {
	const { killed, gone } = await untilSo(
		() => {
			const now = find(stack, task.split('/').at(-1) ?? '', victim);
			return now.killed.length > 0 ? now : undefined;
		},
		() => `there is no ${victim} to kill`,
	);
	send(killed, 'SIGKILL');
	await untilSo(
		() => (gone.some(isAlive) ? undefined : true),
		() => `left of what belonged to the ${victim} that was killed:\n${words(gone.filter(isAlive))}`,
	);
};
