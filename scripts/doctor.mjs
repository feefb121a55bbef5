// npm run doctor: is this machine and an account fit for `npm run deploy`? It only reads. Exit code 1 when a deployment would fail.
//   -- --profile NAME, --region NAME   which account and region, as with npm run deploy
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cdkProblem, imageBuilderProblem } from './lib/aws.mjs';
import { bringPackages } from './lib/packages.mjs';
import { node24, root, run } from './lib/run.mjs';
import { fail } from './lib/say.mjs';

const readArguments = () => {
	try {
		return parseArgs({ options: { profile: { type: 'string' }, region: { type: 'string' } } }).values;
	} catch (error) {
		return fail(`${error.message.split('\n')[0]}\nnpm run doctor [-- --profile NAME] [--region NAME]`);
	}
};

const { profile, region } = readArguments();
const packages = await bringPackages();
if (packages) fail(packages);
if (profile) process.env.AWS_PROFILE = profile;
if (region) process.env.AWS_REGION = region;
const here = [
	[cdkProblem(), 'aws-cdk: 2.x'],
	[imageBuilderProblem(), 'docker: buildx builds linux/arm64'],
];
for (const [problem, fine] of here) console.log(problem ? `BAD   ${problem}` : `ok    ${fine}`);
const { code } = await run(node24, [join(root, 'operator/doctor/main.ts')], { show: true });
process.exitCode = code !== 0 || here.some(([problem]) => problem) ? 1 : 0;
