// npm run deploy: looks at what a deployment needs, one line each, then synthesizes and deploys both stacks.
//   -c NAME=VALUE goes to the synthesis (infra/settings.ts), --profile NAME picks the credentials, the rest goes to `cdk deploy`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bringPackages } from './lib/packages.mjs';
import { node24, root } from './lib/run.mjs';
import { fail } from './lib/say.mjs';

const split = (args) => {
	const found = { synth: [], cdk: [], profile: undefined };
	for (let at = 0; at < args.length; at++) {
		if (args[at] === '-c' || args[at] === '--context') found.synth.push('--context', args[++at] ?? '');
		else if (args[at] === '--profile') found.profile = args[++at];
		else found.cdk.push(args[at]);
	}
	return found;
};

/** Also the check of the credentials: it is the first call with them. In a fresh account the first cluster fails for want of this role. */
const serviceRole = async () => {
	const { CreateServiceLinkedRoleCommand, GetRoleCommand, IAMClient } = await import('@aws-sdk/client-iam');
	const iam = new IAMClient({ region: process.env.AWS_REGION ?? 'us-east-1' });
	try {
		await iam.send(new GetRoleCommand({ RoleName: 'AWSServiceRoleForECS' }));
		return 'is there';
	} catch (error) {
		if (error.name === 'CredentialsProviderError')
			fail('AWS credentials: none found; set AWS_PROFILE, or sign in with `aws sso login` or `aws login`');
		if (error.name !== 'NoSuchEntityException') fail(`AWS credentials: ${error.name}: ${error.message}`);
	}
	await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }));
	// IAM is eventually consistent: ECS sees the role some seconds later
	await pause(15_000);
	return 'made';
};

const checkImageBuilder = () => {
	const { status, stdout } = spawnSync('docker', ['buildx', 'inspect', '--bootstrap'], { encoding: 'utf8' });
	if (status !== 0) fail('docker: `docker buildx inspect` fails; Docker with buildx builds the image of sessions');
	if (!stdout.includes('linux/arm64')) {
		fail('docker: buildx can not build linux/arm64; `docker run --privileged --rm tonistiigi/binfmt --install arm64` mends it');
	}
	console.log('docker: buildx builds linux/arm64');
};

const run = (args) => {
	const { status } = spawnSync(node24, args, { stdio: 'inherit', cwd: root });
	if (status !== 0) process.exit(status ?? 1);
};

const packages = await bringPackages();
if (packages) fail(packages);
const { synth, cdk, profile } = split(process.argv.slice(2));
if (profile) process.env.AWS_PROFILE = profile;
const { version } = JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk/package.json'), 'utf8'));
if (!version.startsWith('2.')) fail(`aws-cdk: ${version} is installed, 2.x is needed (3.0.0 was published by accident)`);

console.log(`service-linked role of ECS: ${await serviceRole()}`);
checkImageBuilder();
run([join(root, 'scripts/synth.mjs'), ...synth]);
run([join(root, 'node_modules/aws-cdk/bin/cdk'), 'deploy', '--all', '--app', join(root, 'cdk.out'), ...cdk]);
