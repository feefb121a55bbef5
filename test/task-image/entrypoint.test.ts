import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fasterClock } from './support/clocks.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createViewer, type Viewer } from './support/viewer.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const script = fileURLToPath(new URL('support/container.sh', import.meta.url));
const canContain = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0;
const hasSudo = existsSync('/usr/bin/sudo');

const uid = 100_007;

let folder: string;
let home: string;
let controlPlane: ControlPlane;
let containers: ChildProcess[];
let viewer: Viewer;

const startContainer = (): ChildProcess => {
	const settings = Object.entries({ ...controlPlane.environment, ECS_CONTAINER_METADATA_URI_V4: 'http://127.0.0.1:1/v4/secret' });
	const container = spawn(
		'unshare',
		['--mount', '--pid', '--fork', '--kill-child', script, folder, repository, ...settings.map(([name, value]) => `${name}=${value}`)],
		{ stdio: ['ignore', 'ignore', process.env.DEBUG ? 'inherit' : 'ignore'] },
	);
	containers.push(container);
	return container;
};

const enter = async (): Promise<ChildProcess> => {
	const container = startContainer();
	await controlPlane.until(controlPlane.connected);
	controlPlane.introduce(viewer.sender);
	viewer.open();
	await viewer.shows('$');
	return container;
};

const childrenOf = (pid: number): string[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');

/** The entrypoint, as this machine numbers it. */
const processOne = ({ pid }: ChildProcess): number => Number(childrenOf(pid ?? 0)[0]);

const commandOf = (pid: string): string => {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
};

/** The agent's process; the entrypoint has other children, such as the tmux server. */
const agentOf = (entrypoint: number): string | undefined => childrenOf(entrypoint).find((pid) => commandOf(pid).includes('agent/main.ts'));

let commands = 0;
/** Types a command and gives what it printed. */
const shell = async (command: string): Promise<string> => {
	const mark = `mark${++commands}`;
	viewer.type(`clear; ${command}; echo ${mark.slice(0, 4)}''${commands}\r`);
	await viewer.until(() => viewer.lines().includes(mark), mark);
	const lines = viewer.lines();
	return lines.slice(0, lines.indexOf(mark)).join('\n');
};

describe.skipIf(!canContain)('the entrypoint', () => {
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'shellpod-container-'));
		home = join(folder, 'home');
		mkdirSync(home, { mode: 0o700 });
		chownSync(home, uid, uid);
		controlPlane = await startControlPlane(fasterClock(1));
		containers = [];
		viewer = createViewer(controlPlane.network, fasterClock(1), { sender: 'viewer1', terminal: 'terminal1' }, { columns: 150, rows: 40 });
	});

	afterEach(async () => {
		viewer.dispose();
		for (const container of containers) {
			if (container.exitCode !== null) continue;
			container.kill('SIGKILL');
			await once(container, 'exit');
		}
		await controlPlane.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	test('the user is dev, under the uid of the Home, with nothing of the agent in the environment', async () => {
		await enter();
		expect(await shell('id -un; id -u; id -gn; echo $HOME $SHELL $USER; pwd; stat -c %U ~')).toBe(
			'dev\n100007\ndev\n/home/dev /bin/bash dev\n/home/dev\ndev',
		);
		expect(await shell('env | grep -cE "^(AWS|ECS|SHELLPOD)_"')).toBe('0');
		expect(await shell('grep -c . /proc/1/environ')).toContain('Permission denied');
		expect(await shell('echo $PATH | cut -d: -f1; npm config get prefix 2>/dev/null || echo $NPM_CONFIG_PREFIX')).toBe(
			'/home/dev/.local/bin\n/home/dev/.local',
		);
		expect(await shell('touch new; stat -c "%u %g" new')).toBe(`${uid} ${uid}`);
	});

	test.skipIf(!hasSudo)('sudo makes root of dev, without a password', async () => {
		await enter();
		expect(await shell('sudo -n id -un; sudo -n sh -c "echo changed > /etc/motd; cat /etc/motd"')).toBe('root\nchanged');
		expect(existsSync('/etc/motd') ? readFileSync('/etc/motd', 'utf8') : '').not.toBe('changed\n');
	});

	test('ssh and git trust what lies in the Home', async () => {
		await enter();
		expect(await shell('mkdir -m 700 .ssh; printf "Host pod\\n Port 2222\\n" > .ssh/config; ssh -G pod | grep ^port')).toBe('port 2222');
		expect(
			await shell(
				'git init -q r; cd r; git config user.name a; git config user.email a@b; git commit -q --allow-empty -m one; git status -s; git log --oneline | wc -l; cd',
			),
		).toBe('1');
	});

	test('the first use fills an empty Home; later uses change nothing in it', async () => {
		const first = await enter();
		expect(statSync(join(home, '.bashrc'))).toMatchObject({ uid, gid: uid });
		await shell('echo "export MINE=1" > .bashrc; rm .profile; ln -s .bashrc .bash_profile');
		process.kill(processOne(first), 'SIGTERM');
		await once(first, 'exit');
		startContainer();
		await controlPlane.until(controlPlane.connected);
		expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe('export MINE=1\n');
		expect(existsSync(join(home, '.profile'))).toBe(false);
	});

	test('the history is in the Home after each command', async () => {
		await enter();
		await shell('true remember-me');
		await shell('true');
		expect(readFileSync(join(home, '.bash_history'), 'utf8')).toContain('true remember-me');
	});

	test('exit in the last shell gives a new one under a line that says so', async () => {
		await enter();
		await shell('echo before');
		viewer.type('exit 3\r');
		await viewer.shows('-- the last shell of this session ended (3); this is a new one --\n');
		expect(await shell('echo again')).toBe('again');
	});

	test('a terminal that goes takes its jobs with it, as any does, but for what was disowned', async () => {
		await enter();
		await shell('tmux new-window -d -n other');
		await shell('tmux send-keys -t other "sleep 4001 & sleep 4002 & disown; cat" Enter');
		await shell('until pgrep -xf "sleep 4001" && pgrep -xf "sleep 4002" && pgrep -x cat; do :; done >/dev/null');
		await shell('tmux kill-window -t other');
		expect(await shell('while pgrep -xf "sleep 4001" || pgrep -x cat; do :; done >/dev/null; pgrep -xfc "sleep 4002"')).toBe('1');
	});

	test('exit in one of several closes it', async () => {
		await enter();
		viewer.type('\x02c');
		await viewer.shows('1:bash');
		viewer.type('exit\r');
		await viewer.until(() => !viewer.lines().at(-1)?.includes('1:bash'));
		await viewer.shows('0:bash');
	});

	test('a shell that ends at once gives way to one that reads no startup files', async () => {
		await enter();
		viewer.type('echo exit > .profile; exit\r');
		await viewer.shows('this one reads no startup files');
		expect(await shell('rm .profile; echo mended')).toBe('mended');
	});

	test.for(['kill -9 -1', ...(hasSudo ? ['sudo kill -9 -1'] : [])])('%s in the session does not end it', async (command) => {
		const container = await enter();
		const { epoch } = viewer;
		viewer.type(`${command}\r`);
		await controlPlane.until(() => !controlPlane.connected());
		await controlPlane.until(controlPlane.connected);
		viewer.open();
		await viewer.until(() => viewer.epoch !== epoch);
		expect(await shell('echo alive')).toBe('alive');
		expect(container.exitCode).toBeNull();
	});

	test('what is orphaned is reaped', async () => {
		await enter();
		await shell('for i in 1 2 3 4 5; do (setsid sleep 0.05 &) ; done; sleep 0.3');
		expect(await shell('cat /proc/[0-9]*/stat 2>/dev/null | grep -c " Z "')).toBe('0');
	});

	test('SIGTERM ends everything within 10 s with code 0, also what ignores it', async () => {
		const container = await enter();
		viewer.type("clear; (trap '' TERM HUP; echo stub''born; sleep 1000 & wait; sleep 1000)\r");
		await viewer.shows('stubborn');
		const told = performance.now();
		process.kill(processOne(container), 'SIGTERM');
		const [code] = await once(container, 'exit');
		expect(code).toBe(0);
		expect(performance.now() - told).toBeLessThan(10_000);
		expect(controlPlane.closings).toEqual([1001]);
	});

	test('SIGTERM ends a quiet session in a moment', async () => {
		const container = await enter();
		const told = performance.now();
		process.kill(processOne(container), 'SIGTERM');
		await once(container, 'exit');
		expect(performance.now() - told).toBeLessThan(3_000);
	});

	test('a task that is not wanted does not ask again', async () => {
		controlPlane.refuse(403, JSON.stringify({ type: 'about:blank', title: 'x', status: 403, detail: 'y', code: 'forbidden' }));
		const container = startContainer();
		await controlPlane.until(() => controlPlane.ticketRequests.length === 1);
		const one = processOne(container);
		while (agentOf(one) !== undefined) await new Promise(setImmediate);
		process.kill(one, 'SIGTERM');
		const [code] = await once(container, 'exit');
		expect(code).toBe(0);
		expect(controlPlane.ticketRequests).toHaveLength(1);
	});

	test('a Home that its user can’t write ends the task, and its user is told', async () => {
		chmodSync(home, 0o500);
		const [code] = await once(startContainer(), 'exit');
		expect(code).toBe(1);
		expect(controlPlane.reports.map((body) => JSON.parse(body))).toEqual([
			{ kind: 'boot', text: `the home can't be written by its user (dr-x------, ${uid}:${uid})` },
		]);
		expect(controlPlane.ticketRequests).toEqual([]);
	});

	test('an image without tmux ends the task, and its user is told', async () => {
		const programs = join(folder, 'changes/usr/bin');
		mkdirSync(programs, { recursive: true });
		// an overlay's mark for what is removed
		expect(spawnSync('mknod', [join(programs, 'tmux'), 'c', '0', '0']).status).toBe(0);
		const [code] = await once(startContainer(), 'exit');
		expect(code).toBe(1);
		expect(controlPlane.reports.map((body) => JSON.parse(body))).toEqual([{ kind: 'boot', text: 'tmux is missing in the image' }]);
	});

	test('a control plane that does not answer holds a failing task up for 2 s and no longer', async () => {
		chmodSync(home, 0o500);
		controlPlane.ignoreReports();
		const begun = performance.now();
		const [code] = await once(startContainer(), 'exit');
		expect(code).toBe(1);
		expect(performance.now() - begun).toBeLessThan(10_000);
	});

	test('outside of a container it refuses to run', () => {
		const { status, stderr } = spawnSync(join(repository, 'task-image/rootfs/opt/shellpod/bin/entrypoint'), { encoding: 'utf8' });
		expect(status).toBe(1);
		expect(stderr).toBe('shellpod: the entrypoint runs only as the first process of a container\n');
	});
});
