/** Bundles the contract stack's functions and what runs in its task, as the product's are. */
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const here = import.meta.dirname;
const options = { bundle: true, platform: 'node', target: 'node24', format: 'esm', logLevel: 'warning' } as const;

export interface Built {
	/** all of them: `remove` it when the synthesis has taken what it needs */
	folder: string;
	functions: string;
	image: string;
}

export const build = (): Built => {
	const folder = mkdtempSync(join(tmpdir(), 'contract-stack-'));
	const built = { folder, functions: join(folder, 'functions'), image: join(folder, 'image') };
	buildSync({ ...options, entryPoints: [join(here, '../functions/index.ts')], outfile: join(built.functions, 'index.mjs') });
	buildSync({ ...options, entryPoints: [join(here, 'probe.ts')], outfile: join(built.image, 'probe.mjs') });
	copyFileSync(join(here, 'Dockerfile'), join(built.image, 'Dockerfile'));
	return built;
};
