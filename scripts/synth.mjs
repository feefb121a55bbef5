// npm run synth: builds the page and synthesizes the CDK app into cdk.out/, offline and without an account. Runs on Node 20 or newer.
//   --output DIR        elsewhere than cdk.out
//   --context NAME=VALUE  an operator's choice (infra/settings.ts); `page=DIR` takes a page that is built already
//   --force             even if nothing changed
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { locked } from './lib/lock.mjs';
import { bringPackages } from './lib/packages.mjs';
import { node24, root, run } from './lib/run.mjs';
import { fail, say } from './lib/say.mjs';

const pageStamp = join(root, 'node_modules/.cache/shellpod/page.sha256');

// the image is built of each workspace's package.json
const workspaces = ['infra', 'functions', 'protocol', 'task-image', 'frontend', 'local/package.json', 'test/package.json'];
const inputs = [...workspaces, 'package.json', 'package-lock.json', 'cdk.json', 'scripts/synth.mjs'];

const skipped = new Set(['node_modules', 'dist', '.git', '.DS_Store']);
const filesOf = (path) => {
	const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => !skipped.has(entry.name));
	return entries.flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)])).sort();
};

/** Hash of folders and files by their paths and contents, and of some text. */
const hashOf = (paths, text = '') => {
	const hash = createHash('sha256').update(text);
	for (const path of paths.map((name) => resolve(root, name))) {
		const files = !existsSync(path) ? [] : statSync(path).isDirectory() ? filesOf(path) : [path];
		for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
	}
	return hash.digest('hex');
};

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
const write = (path, text) => {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, text);
};

/** Runs a step with Node 24; what it said is shown when it failed. */
const step = async (what, args, options) => {
	const { code, output } = await run(node24, args, options);
	if (code === 0) return;
	// the CDK announces each bundle
	say(output.replace(/^Bundling asset .*\n/gm, '').trimEnd());
	throw new Error(`${what} failed (see above)`);
};

const buildPage = async () => {
	const hash = hashOf(['frontend', 'protocol', 'package-lock.json']);
	if (read(pageStamp) === hash && existsSync(join(root, 'frontend/dist/index.html'))) return;
	rmSync(pageStamp, { force: true });
	await step('building the page', [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], { cwd: join(root, 'frontend') });
	write(pageStamp, hash);
};

/** ms: an asset that no synthesis used for so long is removed; until then a stack that runs may still read it */
const keptFor = 7 * 24 * 3_600_000;

/** Every change of a function leaves a bundle behind. */
const removeOldAssets = (output) => {
	const manifests = readdirSync(output).filter((name) => name.endsWith('.assets.json'));
	const used = manifests.map((name) => readFileSync(join(output, name), 'utf8')).join('\n');
	const now = new Date();
	for (const name of readdirSync(output).filter((entry) => entry.startsWith('asset.'))) {
		const path = join(output, name);
		if (used.includes(`"${name}"`)) utimesSync(path, now, now);
		else if (now - statSync(path).mtimeMs > keptFor) rmSync(path, { recursive: true });
	}
};

const synthesize = async ({ output, context, force }) => {
	const shown = relative(process.cwd(), output) || output;
	const stamp = join(output, 'inputs.sha256');
	const hash = hashOf([...inputs, ...(context.page ? [context.page] : [])], JSON.stringify(context));
	if (!force && read(stamp) === hash && existsSync(join(output, 'manifest.json'))) {
		console.log(`${shown} is up to date`);
		return;
	}
	const started = Date.now();
	rmSync(stamp, { force: true });
	if (!context.page) await buildPage();
	const { context: defaults } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
	await step('the synthesis', [join(root, 'infra/app.ts')], {
		env: { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ ...defaults, ...context }) },
	});
	removeOldAssets(output);
	write(stamp, hash);
	console.log(`synthesized ${shown} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
};

// An exit ends what builds for us, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
	options: {
		output: { type: 'string', default: join(root, 'cdk.out') },
		context: { type: 'string', short: 'c', multiple: true, default: [] },
		force: { type: 'boolean', default: false },
	},
});
const packages = await bringPackages();
if (packages) fail(packages);
const context = Object.fromEntries(values.context.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const output = resolve(values.output);
mkdirSync(dirname(output), { recursive: true });
// two at once would empty each other's page
await locked(`${output}.lock`, () => synthesize({ output, context, force: values.force })).catch((error) => fail(error.message));
