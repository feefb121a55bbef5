import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { root } from '../settings.ts';

const functions = join(root, 'functions');

const options = {
	outdir: functions,
	write: false,
	bundle: true,
	minify: true,
	platform: 'node',
	target: 'node24',
	format: 'esm',
	mainFields: ['module', 'main'],
	outExtension: { '.js': '.mjs' },
	// for CommonJS packages inside an ES module
	banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
	legalComments: 'none',
	logLevel: 'warning',
} as const satisfies BuildOptions;

type Files = ReadonlyMap<string, Uint8Array>;

/** These have somebody who waits and need an SDK only sometimes: what they import late becomes files of its own, not read before. */
const late = ['api', 'agent-tickets'];

const buildLate = (name: string): Files => {
	const { outputFiles } = buildSync({ ...options, entryPoints: { index: join(functions, `${name}.lambda.ts`) }, splitting: true });
	return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
};

/** The others all at once: they are made of much the same files, which are then read once. */
const buildAtOnce = (names: readonly string[]): [string, Files][] => {
	const { outputFiles } = buildSync({ ...options, entryPoints: names.map((name) => join(functions, `${name}.lambda.ts`)) });
	return outputFiles.map(({ path, contents }) => [basename(path, '.lambda.mjs'), new Map([['index.mjs', contents]])]);
};

/** All bundles, by the names of their functions. */
export const build = (): Map<string, Files> => {
	const names = readdirSync(functions).flatMap((file) => (file.endsWith('.lambda.ts') ? [basename(file, '.lambda.ts')] : []));
	return new Map([...buildAtOnce(names.filter((name) => !late.includes(name))), ...late.map((name) => [name, buildLate(name)] as const)]);
};

let built: Map<string, Files> | undefined;

/**
 * Everything inside, the AWS SDK included, so that what runs is what was tested and not what the run time happens to bring.
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
					const files = built.get(name);
					if (!files) throw new Error(`no handler at ${join(functions, `${name}.lambda.ts`)}`);
					for (const [file, contents] of files) writeFileSync(join(outdir, file), contents);
					return true;
				},
			},
		},
	});
