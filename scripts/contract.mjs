// npm run contract: asks the stand-ins what `local/behaviours` says of AWS, by a small stack of its own; exit code 1 when something contradicts it.
//   -- --aws PROFILE   asks a real account instead: makes the stack there, asks, destroys it, and says which labels to change
//   -- --dry-run       says what --aws would make, ask and cost; needs no account
//   -- --long          the questions that take many minutes too
//   -- --yes           doesn't wait for a yes;  --region NAME  another region than the profile's
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { cdk, checkCdk, checkImageBuilder, serviceRole } from './lib/aws.mjs';
import { bootstrap } from './lib/bootstrap.mjs';
import { contractOnAccount } from './lib/contract-flow.mjs';
import { bringPackages } from './lib/packages.mjs';
import { node24, root, run, withNode24 } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';

const flag = { type: 'boolean', default: false };
const text = { type: 'string' };
const readArguments = () => {
	try {
		return parseArgs({ options: { aws: text, region: text, 'dry-run': flag, long: flag, yes: flag } }).values;
	} catch (error) {
		return fail(`${error.message.split('\n')[0]}\nnpm run contract [-- --aws PROFILE] [--region NAME] [--dry-run] [--long] [--yes]`);
	}
};

const values = readArguments();
const folder = join(root, 'test/contract/account');
const long = values.long ? ['--long'] : [];
const shown = async (args) => (await run(node24, args, { show: true, env: withNode24() })).code;
const asked = (...args) => shown([join(folder, 'main.ts'), ...args, ...long]);

/** A folder with the contract stack's cloud assembly, while it is needed. */
const withAssembly = async (work) => {
	const assembly = mkdtempSync(join(tmpdir(), 'shellpod-contract-'));
	process.once('exit', () => rmSync(assembly, { recursive: true, force: true }));
	const { code, output } = await run(node24, [join(folder, 'stack/app.ts'), assembly], { env: withNode24() });
	if (code !== 0) fail(output);
	return work(assembly);
};

const agree = async () => {
	if (values.yes) return true;
	if (!process.stdin.isTTY) {
		say('Nobody is there to ask: say --yes.');
		return false;
	}
	const lines = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return /^y(es)?$/i.test((await lines.question(`Make this with the profile ${values.aws}? (yes) `)).trim());
	} finally {
		lines.close();
	}
};

const onAccount = (assembly) => {
	process.env.AWS_PROFILE = values.aws;
	if (values.region) process.env.AWS_REGION = values.region;
	// A terminal's Ctrl-C reaches what asks, which ends; what was made must still go.
	process.on('SIGINT', () => say('Ending; the stack is destroyed first.'));
	return contractOnAccount({
		plan: () => asked('plan', assembly),
		agree,
		prepare: async () => {
			checkCdk();
			console.log(`service-linked role of ECS: ${await serviceRole()}`);
			checkImageBuilder();
		},
		deploy: () => shown([cdk, 'deploy', '--all', '--app', assembly, '--require-approval', 'never']),
		ask: () => asked('account'),
		destroy: () => shown([cdk, 'destroy', '--all', '--app', assembly, '--force']),
		say,
	});
};

if (values['dry-run'] || values.aws !== undefined) {
	const packages = await bringPackages();
	if (packages) fail(packages);
	process.exitCode = await withAssembly((assembly) => (values['dry-run'] ? asked('plan', assembly) : onAccount(assembly)));
} else {
	await bootstrap();
	process.exitCode = await asked('stand-ins');
}
