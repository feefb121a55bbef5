// What is looked at, and made if it isn't there, before anything is deployed to an account.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './run.mjs';
import { fail } from './say.mjs';

/** Also the check of the credentials: it is the first call with them. In a fresh account the first cluster fails for want of this role. */
export const serviceRole = async () => {
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

/** One line about what is wrong with the builder of images, or undefined. */
export const imageBuilderProblem = () => {
	const { status, stdout } = spawnSync('docker', ['buildx', 'inspect', '--bootstrap'], { encoding: 'utf8' });
	if (status !== 0) return 'docker: `docker buildx inspect` fails; Docker with buildx builds the image of sessions';
	if (!stdout.includes('linux/arm64'))
		return 'docker: buildx can not build linux/arm64; `docker run --privileged --rm tonistiigi/binfmt --install arm64` mends it';
	return undefined;
};

export const checkImageBuilder = () => {
	const problem = imageBuilderProblem();
	if (problem) fail(problem);
	console.log('docker: buildx builds linux/arm64');
};

/** One line about what is wrong with the installed CDK, or undefined. */
export const cdkProblem = () => {
	const { version } = JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk/package.json'), 'utf8'));
	return version.startsWith('2.') ? undefined : `aws-cdk: ${version} is installed, 2.x is needed (3.0.0 was published by accident)`;
};

export const checkCdk = () => {
	const problem = cdkProblem();
	if (problem) fail(problem);
};

/** The CDK's own command. */
export const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
