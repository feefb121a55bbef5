// npm start: makes the machine ready, then runs the local stack under Node 24 until a signal ends it. Runs on Node 20 or newer.
//   -- --aws-env   prints the environment that points an AWS SDK at the running stack
//   -- --meters    prints what the running stack would have cost on AWS
//   -- -c NAME=VALUE  an operator's choice, as for a deployment (docs/deploy.md)
//   -- --timing    says how long the parts of the start took
//   -- --faults "reorder=20%,delay=50..300ms" [--seed N]   lets things go wrong
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './lib/bootstrap.mjs';
import { node24, root } from './lib/run.mjs';
import { fail } from './lib/say.mjs';

/** Our modules as Node has compiled them, types taken away: without it, that is most of the time of a start. */
const compiled = join(root, 'node_modules/.cache/shellpod/compiled');
/** ms: one Ctrl-C can arrive twice, from the terminal and from npm */
const sameSignalMs = 1_000;

await bootstrap();

// A session of its own: a signal to our process group reaches it once, by us. The kernel kills it if we are killed, so that nothing
// goes on unseen.
const stack = spawn('setpriv', ['--pdeathsig', 'KILL', node24, join(root, 'local/main.ts'), ...process.argv.slice(2)], {
	stdio: ['ignore', 'inherit', 'inherit'],
	env: { NODE_COMPILE_CACHE: compiled, ...process.env },
	detached: true,
});
stack.once('error', (error) => fail(`the local stack can't be started: ${error.message}`));
stack.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));

let last = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(signal, () => {
		const now = Date.now();
		if (now - last < sameSignalMs) return;
		last = now;
		// A terminal that closes ends it as orderly as Ctrl-C does.
		stack.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
	});
