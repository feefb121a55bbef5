import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** bytes; each KB of it is init time on the path of a key */
const maxBytes = 20 * 1024;

test("the relay's bundle stays small: no SDK, no schemas", async () => {
	const { outputFiles, metafile } = await build({
		entryPoints: [fileURLToPath(import.meta.resolve('@shellpod/functions/relay.lambda.ts'))],
		bundle: true,
		minify: true,
		platform: 'node',
		format: 'esm',
		target: 'node24',
		write: false,
		metafile: true,
		outdir: 'out',
	});
	expect(outputFiles[0]?.contents.length).toBeLessThan(maxBytes);
	const inside = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0));
	const packages = inside.map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter((name) => name !== undefined);
	expect(packages).toEqual(['aws4fetch']);
});
