/** Memory of an agent that has nothing to do: no viewer, against a Node process that does nothing at all. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { agentsOf } from './agents.ts';
import { type Bench, rowOf } from './row.ts';

/** MB of memory that this process alone would give back (private and shared pages by their share: PSS), from the kernel's own account. */
const memoryOf = (pid: number): number => Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;

const samples = 3;

export const run: Bench = async () => {
	const stack = await startStack();
	try {
		const user = await signInByHttp(stack, 'bench');
		const measured: number[] = [];
		const idle: number[] = [];
		for (let index = 0; index < samples; index++) {
			const { id } = await user.createSession(`bench ${index}`);
			await user.reaches(id, 'Running');
		}
		for (const pid of await agentsOf(stack)) {
			const nothing = spawn(process.execPath, ['-e', 'process.stdout.write("x"); setInterval(() => {}, 1e6)']);
			await once(nothing.stdout, 'data');
			idle.push(memoryOf(nothing.pid as number));
			measured.push(memoryOf(pid));
			nothing.kill();
		}
		if (measured.length !== samples) throw new Error(`found ${measured.length} agents of ${samples}`);
		return [
			rowOf('memory, Node that does nothing', 'MB', idle),
			rowOf('memory, idle agent', 'MB', measured, { against: 'memory, Node that does nothing' }),
		];
	} finally {
		await stack.dispose();
	}
};
