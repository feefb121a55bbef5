/** Whether this machine can give tasks roots of their own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tools = ['bash', 'unshare', 'nsenter', 'setpriv', 'mount', 'umount', 'pivot_root', 'mknod', 'hostname', 'cp', 'head'];
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

const run = (command: string, folder: string): { ok: boolean; said: string } => {
	const { status, stderr } = spawnSync('/bin/bash', ['-c', command], { cwd: folder, env: { PATH: path }, encoding: 'utf8' });
	return { ok: status === 0, said: stderr.trim().split('\n')[0] ?? '' };
};

/**
 * One clear sentence when tasks can't run here, undefined when they can.
 * @param folder where containers will be kept, which nobody else uses now; its file system must be able to hold an overlay's changes
 */
export const sandboxProblem = (folder?: string): string | undefined => {
	if (process.platform !== 'linux') return 'Sessions run in Linux namespaces: ShellPod runs on Linux only.';
	if (process.getuid?.() !== 0) return 'Sessions run in namespaces of their own, which takes root here: start ShellPod as root.';
	const missing = tools.filter((tool) => !run(`command -v ${tool}`, '/').ok);
	if (missing.length > 0) return `Sessions need ${missing.join(', ')}: install util-linux, coreutils and hostname.`;
	// a name of its own in the state folder, which one stack holds at a time: a start that was killed here leaves nothing for ever
	const probe = folder === undefined ? mkdtempSync(join(tmpdir(), 'probe-')) : join(folder, 'probe');
	rmSync(probe, { recursive: true, force: true });
	mkdirSync(probe, { mode: 0o700 });
	try {
		const namespaces = run('unshare --mount --pid --ipc --uts --fork unshare --user true', probe);
		if (!namespaces.ok) return `This machine doesn't allow the namespaces that sessions run in (${namespaces.said}).`;
		const overlay = run(
			"mkdir upper work root && unshare --mount bash -c 'mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work,volatile overlay root && test -x root/usr/bin/env'",
			probe,
		);
		if (!overlay.ok) return `Sessions need an overlay over this machine's system, and ${folder ?? tmpdir()} can't hold one (${overlay.said}).`;
		return undefined;
	} finally {
		rmSync(probe, { recursive: true, force: true });
	}
};
