// Child processes of the scripts.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Node 24, as npm installed it. */
export const node24 = join(root, 'node_modules/node/bin/node');
/** A program that an npm package brought. */
export const bin = (name) => join(root, 'node_modules/.bin', name);
/** Environment in which `node` is Node 24, for programs that begin with `#!/usr/bin/env node`. */
export const withNode24 = () => ({ ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` });

/**
 * Runs a program to its end, or to ours. `show`: its output goes where ours goes; else it is gathered.
 * Gives { code, output, error }: code 127 and an error when it could not be started.
 */
export const run = (command, args, { show = false, ...options } = {}) =>
	new Promise((resolve) => {
		let output = '';
		const child = spawn(command, args, { cwd: root, stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'], ...options });
		for (const stream of [child.stdout, child.stderr])
			stream?.setEncoding('utf8').on('data', (chunk) => {
				output += chunk;
			});
		const end = () => child.kill();
		process.once('exit', end);
		child.once('close', () => process.off('exit', end));
		child.once('error', (error) => resolve({ code: 127, output, error }));
		child.once('close', (code, signal) => resolve({ code: code ?? 128, output, signal }));
	});
