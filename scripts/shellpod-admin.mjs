// npm run shellpod-admin -- COMMAND: the operator's command (operator/), for a deployment on AWS or for what `npm start` runs here.
//   --local, --aws   which of the two, where both could be meant. Runs on Node 20 or newer.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { bringPackages } from './lib/packages.mjs';
import { node24, root, run } from './lib/run.mjs';
import { fail } from './lib/say.mjs';

/** What points an SDK at the stack that runs here, or why there is none. */
const localEnvironment = async () => {
	const { code, output } = await run(node24, [join(root, 'local/main.ts'), '--aws-env'], { cwd: process.cwd() });
	if (code !== 0) return { why: output.trim() };
	return { environment: Object.fromEntries([...output.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [name, value])) };
};

/** Signs that this person has AWS credentials, too. */
const knowsAws = (args) =>
	['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].some((name) => process.env[name]) ||
	args.some((arg) => /^--(profile|region)(=|$)/.test(arg)) ||
	existsSync(join(homedir(), '.aws'));

/** The environment of the command. */
const target = async (args, { local, aws }) => {
	if (aws) return process.env;
	// as after eval "$(npm start -- --aws-env)"
	if (!local && process.env.AWS_ENDPOINT_URL) return process.env;
	const here = await localEnvironment();
	if (here.environment && (local || !knowsAws(args))) return withoutAws(here.environment);
	if (here.environment) fail('Two could be meant: the ShellPod that runs on this machine, and one on AWS. Say --local or --aws.');
	if (local) fail(here.why);
	return process.env;
};

/** No other credentials and endpoints besides. */
const withoutAws = (environment) => ({
	...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))),
	...environment,
});

const packages = await bringPackages();
if (packages) fail(packages);
const flags = ['--local', '--aws'];
const given = process.argv.slice(2);
const args = given.filter((arg) => !flags.includes(arg));
const [local, aws] = flags.map((flag) => given.includes(flag));
if (local && aws) fail('--local or --aws: not both');
const needsNone = [undefined, 'help', '--help', '-h'].includes(args[0]);
const env = needsNone ? process.env : await target(args, { local, aws });
const child = spawn(node24, [join(root, 'operator/main.ts'), ...args], { stdio: 'inherit', env });
child.once('error', (error) => fail(`the command can't be started: ${error.message}`));
child.once('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
// A terminal's Ctrl-C reaches the command itself.
process.on('SIGINT', () => {});
