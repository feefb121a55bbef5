// npm run deploy: looks at what a deployment needs, one line each, then synthesizes and deploys both stacks.
//   -c NAME=VALUE goes to the synthesis (infra/settings.ts), --profile NAME picks the credentials, the rest goes to `cdk deploy`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cdk, checkCdk, checkImageBuilder, serviceRole } from './lib/aws.mjs';
import { bringPackages } from './lib/packages.mjs';
import { node24, root } from './lib/run.mjs';
import { fail } from './lib/say.mjs';

const split = (args) => {
	const found = { synth: [], rest: [], profile: undefined };
	for (let at = 0; at < args.length; at++) {
		if (args[at] === '-c' || args[at] === '--context') found.synth.push('--context', args[++at] ?? '');
		else if (args[at] === '--profile') found.profile = args[++at];
		else found.rest.push(args[at]);
	}
	return found;
};

const run = (args) => {
	const { status } = spawnSync(node24, args, { stdio: 'inherit', cwd: root });
	if (status !== 0) process.exit(status ?? 1);
};

const packages = await bringPackages();
if (packages) fail(packages);
const { synth, rest, profile } = split(process.argv.slice(2));
if (profile) process.env.AWS_PROFILE = profile;
checkCdk();

console.log(`service-linked role of ECS: ${await serviceRole()}`);
checkImageBuilder();
run([join(root, 'scripts/synth.mjs'), ...synth]);
run([cdk, 'deploy', '--all', '--app', join(root, 'cdk.out'), ...rest]);
