import { IgnoreMode } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { root } from '../settings.ts';

/** What the Dockerfile copies; the rest of the repository stays out of the build context and of the image's hash. */
const context = ['package.json', 'package-lock.json', 'protocol', 'task-image'];

/** The image of sessions. Synthesis only takes its fingerprint; it is built when it is published. */
export const taskImage = (scope: Construct, id: string): DockerImageAsset =>
	new DockerImageAsset(scope, id, {
		directory: root,
		file: 'task-image/Dockerfile',
		// Without it the image has the operator's architecture, and ends with "exec format error".
		platform: Platform.LINUX_ARM64,
		ignoreMode: IgnoreMode.DOCKER,
		exclude: ['*', ...context.map((path) => `!${path}`), '**/node_modules', '**/dist', '**/*.tsbuildinfo'],
	});
