// The npm packages of the lock file, Node 24 among them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { node24, root, run } from './run.mjs';
import { say } from './say.mjs';

const readLock = (file) => {
	try {
		return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
	} catch {
		return {};
	}
};

/** Is what is installed what the lock file says? npm keeps its own account of it in node_modules. */
export const packagesFit = (folder = root) => {
	const wanted = readLock(join(folder, 'package-lock.json'));
	const there = readLock(join(folder, 'node_modules/.package-lock.json'));
	return Object.entries(wanted).every(([path, { version, link, optional }]) => {
		if (!path.startsWith('node_modules/')) return true;
		if (link) return existsSync(join(folder, path));
		const found = there[path];
		return found ? found.version === version : optional === true;
	});
};

/** The npm that runs us, else the one on the PATH. */
export const npm = (args) => {
	const script = process.env.npm_execpath;
	return script?.endsWith('.js') ? run(process.execPath, [script, ...args]) : run('npm', args);
};

/** Installs them if they don't fit. Gives one clear line about why that failed, or undefined. */
export const bringPackages = async () => {
	if (packagesFit() && existsSync(node24)) return undefined;
	say('Installing npm packages (npm ci) ...');
	const begun = Date.now();
	// Development dependencies are what all of this runs on, whatever NODE_ENV says.
	const { code, output, error } = await npm(['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--ignore-scripts=false']);
	if (code !== 0) {
		if (output) say(output.trimEnd());
		return `npm ci failed${error ? `: ${error.message}` : ' (see above)'}.`;
	}
	if (!existsSync(node24)) return 'npm ci brought no Node 24: the package `node` needs its install script.';
	say(`Installed npm packages in ${Math.round((Date.now() - begun) / 1000)} s.`);
	return undefined;
};
