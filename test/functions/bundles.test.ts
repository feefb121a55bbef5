import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';

const bundle = (name: string, splitting = false) =>
	build({
		entryPoints: [fileURLToPath(import.meta.resolve(`@shellpod/functions/${name}.lambda.ts`))],
		bundle: true,
		minify: true,
		splitting,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		mainFields: ['module', 'main'],
		write: false,
		metafile: true,
		outdir: 'out',
	});

const packagesIn = (outputs: Metafile['outputs'][string][]): string[] => {
	const inside = outputs.flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
	return [...new Set(inside.flatMap(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))].sort();
};

/** All of these are called while somebody waits for a connection, and the relay for each key: their size is their cold start. */
test.each([
	['relay', 20, []],
	['authorizer', 20, []],
	['connect', 20, []],
	['disconnect', 20, []],
	['hello', 60, ['zod']],
	['agent-report', 60, ['zod']],
] as const)('the bundle of %s stays below %i KB and holds no SDK', async (name, maxKilobytes, packages) => {
	const { outputFiles, metafile } = await bundle(name);
	expect(outputFiles[0]?.contents.length).toBeLessThan(maxKilobytes * 1024);
	expect(packagesIn(Object.values(metafile.outputs))).toEqual(packages);
});

/** What is read before the first request; the rest of it comes when it is first used. */
const atOnce = ({ outputs }: Metafile): Metafile['outputs'][string][] => {
	const found = new Set(Object.keys(outputs).filter((path) => outputs[path]?.entryPoint?.endsWith('.lambda.ts')));
	for (const path of found)
		for (const one of outputs[path]?.imports ?? []) if (one.kind === 'import-statement' && outputs[one.path]) found.add(one.path);
	return [...found].flatMap((path) => outputs[path] ?? []);
};

test.each([
	['api', 140, ['hono', 'zod']],
	['agent-tickets', 25, []],
] as const)('what %s reads at its start stays below %i KB and holds no SDK', async (name, maxKilobytes, packages) => {
	const { metafile } = await bundle(name, true);
	const outputs = atOnce(metafile);
	expect(outputs.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(maxKilobytes * 1024);
	expect(packagesIn(outputs)).toEqual(packages);
	expect(packagesIn(Object.values(metafile.outputs)), 'the SDK is there all the same').toContain('@aws-sdk/client-ecs');
});
