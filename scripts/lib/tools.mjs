// Programs of the system that ShellPod needs; what is missing comes from Debian's packages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';
import { say } from './say.mjs';

/** Package -> what shows that it is there: commands, or files by their whole path. */
export const running = {
	tmux: ['tmux'],
	sudo: ['sudo'],
	procps: ['ps'],
	'util-linux': ['unshare', 'nsenter', 'setpriv'],
	mount: ['mount', 'umount'],
	hostname: ['hostname'],
	iproute2: ['ip'],
};
/** to compile node-pty, which has no binary for Linux */
export const compiling = { python3: ['python3'], make: ['make'], 'g++': ['g++'] };
/** shells that the unit tests press Tab in, beside bash */
export const shells = { zsh: ['zsh'] };
export const testing = {
	chromium: ['chromium'],
	'fonts-noto-color-emoji': ['/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'],
	git: ['git'],
	vim: ['vim'],
	less: ['less'],
	nano: ['nano'],
	mc: ['mc'],
	htop: ['htop'],
	awscli: ['aws'],
};
/** programs whose screens are measured */
export const measuring = { vim: ['vim'], less: ['less'], htop: ['htop'] };

const folders = () => [...new Set([...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'])].filter(Boolean);
const isThere = (name) => (name.startsWith('/') ? existsSync(name) : folders().some((folder) => existsSync(join(folder, name))));

/** Packages of these tables of which something is missing. */
export const missing = (...tables) =>
	tables.flatMap((table) => Object.entries(table).flatMap(([name, signs]) => (signs.every(isThere) ? [] : [name])));

export const nodePtyIsBuilt = () => existsSync(join(root, 'node_modules/node-pty/build/Release/pty.node'));

const apt = (args) =>
	run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
const reason = ({ output, error }) =>
	error?.message ??
	output
		.match(/^E: .*$/gm)
		?.at(-1)
		?.slice(3) ??
	output.trim().split('\n').at(-1);

/** Installs what is missing. Gives one clear line about what can't be installed, or undefined. */
export const bringTools = async (...tables) => {
	const wanted = missing(...tables);
	if (wanted.length === 0) return undefined;
	say(`Installing ${wanted.join(', ')} with apt-get ...`);
	const updated = await apt(['update', '--quiet']);
	const installed = await apt(['install', '--yes', '--no-install-recommends', ...wanted]);
	const left = missing(...tables);
	if (left.length === 0) return undefined;
	const why = reason(installed.code === 0 ? updated : installed);
	return `ShellPod needs ${left.join(', ')}, and apt-get can't install ${left.length > 1 ? 'them' : 'it'}: ${why}`;
};
