/** An image: what its Dockerfile adds to the machine's system, as a folder, and how it is run. */
import { chmodSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ImageSource } from '../stand-in.ts';
import { makeFolders, makeFreshFolders } from './base.ts';
import type { Bind } from './container.ts';
import { type Copy, type Recipe, readDockerfile } from './dockerfile.ts';

export interface Image extends Pick<Recipe, 'environment' | 'user' | 'workdir' | 'entrypoint' | 'command'> {
	/** its files; copied into each container's root */
	folder: string;
	/** too large to copy, the same for all: bound read-only */
	binds: Bind[];
}

/** What an earlier stage would have built, found in this checkout instead: by the path's last part. */
export interface Built {
	node_modules: string;
	node: string;
}

const setMode = (path: string, mode: number): void => {
	const stat = statSync(path);
	chmodSync(path, mode);
	if (stat.isDirectory()) for (const name of readdirSync(path)) setMode(join(path, name), mode);
};

const copyFromContext = (context: string, folder: string, copy: Copy): void => {
	const intoFolder = copy.target.endsWith('/') || copy.sources.length > 1;
	for (const source of copy.sources) {
		const from = join(context, source);
		const stat = statSync(from, { throwIfNoEntry: false });
		if (!stat) throw new Error(`COPY ${source}: it isn't in the build context`);
		// a folder's contents go into the target, a file goes there under its name or as it
		const to = join(folder, copy.target, stat.isDirectory() || !intoFolder ? '' : basename(source));
		makeFolders(stat.isDirectory() ? to : dirname(to));
		cpSync(from, to, { recursive: true, verbatimSymlinks: true });
		if (copy.mode === undefined) continue;
		for (const path of stat.isDirectory() ? readdirSync(from).map((name) => join(to, name)) : [to]) setMode(path, copy.mode);
	}
};

const bindBuilt = (built: Built, copy: Copy): Bind => {
	const [source = ''] = copy.sources;
	const name = basename(source);
	if (copy.sources.length !== 1 || (name !== 'node' && name !== 'node_modules'))
		throw new Error(`COPY --from=${copy.from} ${copy.sources.join(' ')}: local mode builds no stages, and has node and node_modules only`);
	const target = copy.target.endsWith('/') && name === 'node' ? join(copy.target, name) : copy.target.replace(/\/$/, '');
	return { source: built[name], target, readOnly: true };
};

/**
 * Makes the image's folder anew; running containers have their own copy.
 * @throws on what the Dockerfile asks for and local mode doesn't cover
 */
export const buildImage = (folder: string, source: ImageSource, built: Built): Image => {
	const recipe = readDockerfile(readFileSync(join(source.directory, source.dockerFile ?? 'Dockerfile'), 'utf8'), source.target);
	const next = `${folder}.next`;
	rmSync(next, { recursive: true, force: true });
	makeFolders(next);
	makeFreshFolders(next);
	// of its base image, one thing isn't the machine's: Node's images bring their Node
	const binds: Bind[] = /(?:^|\/)node:\d/.test(recipe.base) ? [{ source: built.node, target: '/usr/local/bin/node', readOnly: true }] : [];
	for (const copy of recipe.copies) {
		if (copy.from === undefined) copyFromContext(source.directory, next, copy);
		else binds.push(bindBuilt(built, copy));
	}
	rmSync(folder, { recursive: true, force: true });
	renameSync(next, folder);
	const { environment, user, workdir, entrypoint, command } = recipe;
	return { folder, binds, environment, user, workdir, entrypoint, command };
};
