/** Ends a stack whose test is gone, and removes its folder: a runner that is killed has no time for that. */
import { spawn } from 'node:child_process';

/** $1: process id of the stack, which leads its group; $2: its state folder. What a crashed stack left is ended too. */
const script = `
read -r _
kill -INT -- "-$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
for pid in $(cat "$2/pids" 2>/dev/null); do
	grep -qsF -- "$2" "/proc/$pid/cmdline" "/proc/$pid/mountinfo" && kill -KILL "$pid" 2>/dev/null
done
rm -rf -- "$2"
`;

export interface Leash {
	/** The stack has been ended by other means. */
	letGo(): void;
}

/** The pipe that it reads from is ours: the kernel closes it with this process, however that ends. */
export const holdStack = (pid: number, state: string): Leash => {
	const holder = spawn('bash', ['-c', script, 'leash', String(pid), state], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
	holder.unref();
	return { letGo: () => void holder.kill('SIGKILL') };
};
