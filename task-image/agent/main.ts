/** The agent of a session's task: started as the session's user by the entrypoint, which starts it again when it ends. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { epoch } from '@shellpod/protocol/ids.ts';
import { createAgent } from './agent.ts';
import { systemClock } from './clock.ts';
import { readConfig } from './config.ts';
import { createCredentials } from './credentials.ts';
import { exitCodes } from './exit-codes.ts';
import { ask } from './http.ts';
import { spawnPty } from './pty.ts';
import { dial } from './socket.ts';
import { createTickets } from './ticket.ts';
import { createTmux, type Run } from './tmux.ts';

const log = (line: string): void => console.error(`agent: ${line}`);

const run: Run = ([file = '', ...args], env, cwd) =>
	new Promise((done) => {
		execFile(file, args, { env, cwd, timeout: 10_000 }, (error, stdout, stderr) => {
			done({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, output: (stdout + stderr).trim() });
		});
	});

try {
	const config = readConfig(process.env);
	const agent = createAgent({
		clock: systemClock,
		random: Math.random,
		epoch: epoch(randomBytes(8).toString('hex')),
		tickets: createTickets({
			api: config.api,
			region: config.region,
			ask,
			credentials: createCredentials({ clock: systemClock, ask, readFile: (path) => readFile(path, 'utf8'), source: config.credentials }),
		}),
		dial,
		spawn: spawnPty,
		tmux: createTmux({ run, command: ['tmux', '-S', join(config.run, 'tmux')], environment: config.sessionEnvironment, home: config.home }),
		log,
	});
	process.once('SIGTERM', agent.stop);
	process.once('SIGINT', agent.stop);
	process.exitCode = await agent.run();
} catch (error) {
	log(error instanceof Error ? error.message : String(error));
	process.exitCode = exitCodes.broken;
}
// What is left are timers of goodbyes that nobody waits for.
process.exit();
