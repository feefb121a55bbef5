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
import { createReport } from './report.ts';
import { createClaudeFile } from './senses/claude-file.ts';
import { readClaudeStatus } from './senses/claude-status.ts';
import { createHoldFile } from './senses/hold-file.ts';
import { readProcesses } from './senses/processes.ts';
import { listen } from './senses/requests.ts';
import { createSpool } from './senses/spool.ts';
import { createSignedPost } from './signed-post.ts';
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

const end = (code: number): never => {
	process.exitCode = code;
	// What is left are timers of goodbyes that nobody waits for.
	process.exit();
};

try {
	const config = readConfig(process.env);
	const credentials = createCredentials({ clock: systemClock, ask, readFile: (path) => readFile(path, 'utf8'), source: config.credentials });
	const control = { api: config.api, region: config.region, credentials, ask };
	const report = createReport({ clock: systemClock, post: createSignedPost(control), log });
	process.once('uncaughtException', (error) => {
		const words = error.stack ?? String(error);
		log(words);
		void report('crash', words).finally(() => end(exitCodes.broken));
	});
	const tmux = createTmux({ run, command: ['tmux', '-S', join(config.run, 'tmux')], environment: config.sessionEnvironment, home: config.home });
	const agent = createAgent({
		clock: systemClock,
		random: Math.random,
		epoch: epoch(randomBytes(8).toString('hex')),
		tickets: createTickets(control),
		dial,
		spawn: spawnPty,
		tmux: {
			...tmux,
			async ensure() {
				const trouble = await tmux.ensure();
				if (trouble !== undefined) void report('terminals', `tmux: ${trouble || 'it does not start'}`);
				return trouble;
			},
		},
		surroundings: {
			own: process.pid,
			processes: readProcesses,
			spool: createSpool(join(config.run, 'hooks')),
			claude: {
				...createClaudeFile(join(config.run, 'claude.json'), systemClock),
				statusOf: (pid, transcript) => readClaudeStatus(pid, config.home, transcript),
			},
			holds: createHoldFile(join(config.run, 'holds.json'), systemClock),
		},
		log,
	});
	// Without it a session runs as well, but for the command.
	await listen(join(config.run, 'agent.sock'), agent.answer).catch((error: Error) => log(`shellpod: ${error.message}`));
	process.once('SIGTERM', agent.stop);
	process.once('SIGINT', agent.stop);
	end(await agent.run());
} catch (error) {
	log(error instanceof Error ? error.message : String(error));
	end(exitCodes.broken);
}
