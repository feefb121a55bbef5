import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { root } from '../settings.ts';

const functions = join(root, 'functions');

/** All at once: they are made of much the same files, which are then read once. */
const build = (): Map<string, Uint8Array> => {
	const { outputFiles } = buildSync({
		entryPoints: readdirSync(functions)
			.filter((name) => name.endsWith('.lambda.ts'))
			.map((name) => join(functions, name)),
		outdir: functions,
		write: false,
		bundle: true,
		minify: true,
		platform: 'node',
		target: 'node24',
		format: 'esm',
		mainFields: ['module', 'main'],
		// for CommonJS packages inside an ES module
		banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
		legalComments: 'none',
		logLevel: 'warning',
	});
	return new Map(outputFiles.map(({ path, contents }) => [basename(path, '.lambda.js'), contents]));
};

let built: Map<string, Uint8Array> | undefined;

/**
 * One file with everything inside, the AWS SDK included, so that what runs is what was tested and not what the run time happens to bring.
 * In this process: the CDK's own bundling starts npx for each function, which takes longer than esbuild itself.
 */
export const bundle = (name: string): AssetCode =>
	Code.fromAsset(functions, {
		// the same bundle has the same hash, whatever else changed in the folder
		assetHashType: AssetHashType.OUTPUT,
		bundling: {
			// never used: the local way either works or throws
			image: DockerImage.fromRegistry('none'),
			// not run either, but it tells the bundles apart: the CDK makes one for all whose options look alike
			command: [name],
			local: {
				tryBundle(outdir) {
					built ??= build();
					const contents = built.get(name);
					if (!contents) throw new Error(`no handler at ${join(functions, `${name}.lambda.ts`)}`);
					writeFileSync(join(outdir, 'index.mjs'), contents);
					return true;
				},
			},
		},
	});
