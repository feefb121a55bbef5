/**
 * What makes an image of the machine's own system: a folder that lies over it in every container. Whiteouts (0:0 character devices) hide
 * what isn't part of a system: everything outside its folders, what the machine keeps from its ordinary users, logs, homes, our own state.
 */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { systemFolders } from './grafts.ts';

/** of `/var`: what packages need; `run` and `lock` are links */
const keptOfVar = new Set(['lib', 'cache', 'run', 'lock']);
/** empty folders that packages expect in their place; apt writes into the first */
const freshOfVar = ['log/apt', 'spool', 'mail', 'local', 'opt', 'backups'];
/** Where to look for what ordinary users may not read. */
const searched = ['etc', 'opt', 'usr/local', 'var/lib', 'var/cache'];
/** Closed to ordinary users, but needed: the package manager's own, and sudo's rules */
const needed = new Set(['/etc/sudoers', '/etc/sudoers.d', '/var/lib/apt', '/var/lib/dpkg', '/var/cache/apt', '/var/cache/ldconfig']);
/** Password hashes are taken out, the accounts stay. */
const shadowFiles = ['etc/shadow', 'etc/gshadow'];
/** as deep as configuration goes; what is closed further down lies in a folder of its package */
const depth = 3;

/** Paths under `folder` that ordinary users can't read. */
const closedPaths = (folder: string, levels: number): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (needed.has(path) || entry.isSymbolicLink()) return [];
		const { mode } = lstatSync(path);
		if (entry.isDirectory()) return (mode & 0o005) === 0o005 ? (levels > 1 ? closedPaths(path, levels - 1) : []) : [path];
		return (mode & 0o004) === 0 ? [path] : [];
	});

/** Homes of people that lie within the system's folders. */
const homes = (): string[] =>
	readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'))
		.filter(([, , uid, , , home]) => Number(uid) >= 1000 && Number(uid) < 65_534 && home && dirname(home) !== '/')
		.map(([, , , , , home]) => home as string);

const withoutHashes = (text: string): string =>
	text.replace(/^([^:\n]*):([^:\n]*)/gm, (_, name: string, hash: string) => `${name}:${/^[!*]/.test(hash) || hash === '' ? hash || '*' : '*'}`);

/**
 * Makes it anew.
 * @param hidden absolute paths of ours that no container may see
 * @returns whether a path is hidden
 */
export const makeBase = (folder: string, hidden: readonly string[]): ((path: string) => boolean) => {
	rmSync(folder, { recursive: true, force: true });
	makeFolders(folder);
	const whiteout = `${folder}.whiteout`;
	rmSync(whiteout, { force: true });
	execFileSync('mknod', [whiteout, 'c', '0', '0']);

	/** The folders above a path, as the machine has them: the upper folder's mode and owner count. */
	const makeParents = (path: string): void => {
		const parent = dirname(path);
		if (parent === '/' || existsSync(join(folder, parent))) return;
		makeParents(parent);
		const { mode, uid, gid } = statSync(parent);
		mkdirSync(join(folder, parent));
		chownSync(join(folder, parent), uid, gid);
		chmodSync(join(folder, parent), mode & 0o7777);
	};
	const gone = new Set<string>();
	const isGone = (path: string): boolean => gone.has(path) || (path !== '/' && isGone(dirname(path)));
	const hide = (path: string): void => {
		if (!existsSync(path) || isGone(path)) return;
		makeParents(path);
		linkSync(whiteout, join(folder, path));
		gone.add(path);
	};

	for (const name of readdirSync('/')) if (!systemFolders.has(name)) hide(`/${name}`);
	for (const name of readdirSync('/var')) if (!keptOfVar.has(name)) hide(`/var/${name}`);
	// a folder before what is in it
	for (const path of [...homes(), ...hidden].sort()) if (path !== '/') hide(path);
	for (const name of shadowFiles) {
		if (!existsSync(`/${name}`)) continue;
		makeParents(`/${name}`);
		const { gid, mode } = statSync(`/${name}`);
		writeFileSync(join(folder, name), withoutHashes(readFileSync(`/${name}`, 'utf8')));
		chownSync(join(folder, name), 0, gid);
		chmodSync(join(folder, name), mode & 0o7777);
	}
	for (const name of searched)
		if (existsSync(`/${name}`)) for (const path of closedPaths(`/${name}`, depth)) if (!existsSync(join(folder, path))) hide(path);
	rmSync(whiteout);
	return isGone;
};

/** `mkdir -p` with mode 755 whatever the process's umask. */
export const makeFolders = (path: string): void => {
	if (existsSync(path)) return;
	makeFolders(dirname(path));
	mkdirSync(path);
	chmodSync(path, 0o755);
};

/** Folders of `/var` that an image has, empty; made in the image, so that they lie over the whiteouts. */
export const makeFreshFolders = (image: string): void => {
	for (const name of freshOfVar) makeFolders(join(image, 'var', name));
};
