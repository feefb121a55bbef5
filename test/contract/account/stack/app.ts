/** `node app.ts FOLDER`: writes the contract stack's cloud assembly there. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { build } from './build.ts';
import { ContractStack } from './stack.ts';

const [outdir] = process.argv.slice(2);
if (!outdir) throw new Error('app.ts FOLDER');
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../cdk.json'), 'utf8')) as { context: Record<string, unknown> };
const built = build();
try {
	const app = new App({ outdir, context });
	new ContractStack(app, 'Contract', built);
	app.synth();
} finally {
	rmSync(built.folder, { recursive: true });
}
