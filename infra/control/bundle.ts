import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { root } from '../settings.ts';

/**
 * One file with everything inside, the AWS SDK included, so that what runs is what was tested and not what the run time happens to bring.
 * In this process: the CDK's own bundling starts npx for each function, which takes longer than esbuild itself.
 */
export const bundle = (entry: string): AssetCode =>
	Code.fromAsset(join(root, 'functions'), {
		// the same bundle has the same hash, whatever else changed in the folder
		assetHashType: AssetHashType.OUTPUT,
		bundling: {
			// never used: the local way either works or throws
			image: DockerImage.fromRegistry('none'),
			// not run either, but it tells the bundles apart: the CDK makes one for all whose options look alike
			command: [entry],
			local: {
				tryBundle(outdir) {
					buildSync({
						entryPoints: [join(root, 'functions', entry)],
						outfile: join(outdir, 'index.mjs'),
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
					return true;
				},
			},
		},
	});
