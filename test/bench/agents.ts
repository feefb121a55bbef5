/** The agents of a stack's tasks, by their process ids on this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Stack } from '../support/stack.ts';

export const agentsOf = async (stack: Stack): Promise<number[]> => {
	// Each task has the address of its own stack's stand-ins in its environment.
	const { port } = new URL((await stack.awsEnvironment()).AWS_ENDPOINT_URL_ECS as string);
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
				return (
					/node$/.test(command[0] ?? '') &&
					command.some((word) => word.endsWith('agent/main.ts')) &&
					readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`:${port}/`)
				);
			} catch {
				return false;
			}
		});
};
