import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** All of these are called while somebody waits for a connection, and the relay for each key: their size is their cold start. */
test.each([
	['relay', 20, []],
	['authorizer', 20, []],
	['connect', 20, []],
	['disconnect', 20, []],
	['hello', 60, ['zod']],
] as const)('the bundle of %s stays below %i KB and holds no SDK', async (name, maxKilobytes, packages) => {
	const { outputFiles, metafile } = await build({
		entryPoints: [fileURLToPath(import.meta.resolve(`@shellpod/functions/${name}.lambda.ts`))],
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		mainFields: ['module', 'main'],
		write: false,
		metafile: true,
		outdir: 'out',
	});
	expect(outputFiles[0]?.contents.length).toBeLessThan(maxKilobytes * 1024);
	const inside = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
	const found = inside.flatMap(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
	expect([...new Set(found)].sort()).toEqual(packages);
});
