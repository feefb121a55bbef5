import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { root } from '../settings.ts';

const file = 'task-image/Dockerfile';

/** The list beside the Dockerfile, which the CDK doesn't look at by itself: the rest of the repository stays out of the build and of the image's hash. */
const ignored = (): string[] =>
	readFileSync(join(root, `${file}.dockerignore`), 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'));

/** The image of sessions. Synthesis only takes its fingerprint; it is built when it is published. */
export const taskImage = (scope: Construct, id: string): DockerImageAsset =>
	new DockerImageAsset(scope, id, {
		directory: root,
		file,
		// Without it the image has the operator's architecture, and ends with "exec format error".
		platform: Platform.LINUX_ARM64,
		ignoreMode: IgnoreMode.DOCKER,
		exclude: [...ignored(), `!${file}`],
	});
