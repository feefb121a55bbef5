import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentReport } from '@shellpod/protocol/http.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fasterClock } from './support/clocks.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { run } from './support/house.ts';
import { createViewer, type Viewer } from './support/viewer.ts';

const main = fileURLToPath(new URL('../../task-image/agent/main.ts', import.meta.url));

let folder: string;
let controlPlane: ControlPlane;
let agents: ChildProcess[];
let viewer: Viewer;

const startAgent = (more: Record<string, string> = {}): ChildProcess => {
	const environment = {
		...more,
		...controlPlane.environment,
		HOME: folder,
		SHELLPOD_RUN: folder,
		PATH: process.env.PATH,
		SHELL: '/bin/bash',
		USER: 'dev',
	};
	const agent = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'ignore', more.NODE_OPTIONS ? 'ignore' : 'inherit'] });
	agents.push(agent);
	return agent;
};

const enter = async (): Promise<void> => {
	controlPlane.introduce(viewer.sender);
	viewer.open();
	await viewer.shows('0:bash');
};

const tmux = async (...args: string[]): Promise<string> => (await run(['tmux', '-S', join(folder, 'tmux'), ...args], {}, folder)).output;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'shellpod-process-'));
	controlPlane = await startControlPlane(fasterClock(1));
	agents = [];
	viewer = createViewer(controlPlane.network, fasterClock(1), { sender: 'viewer1', terminal: 'terminal1' });
	// The image's own configuration names a program that only the image has.
	await tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'main', '-c', folder, 'exec bash --norc --noprofile');
});

afterEach(async () => {
	viewer.dispose();
	for (const agent of agents) agent.kill('SIGKILL');
	await tmux('kill-server');
	await controlPlane.stop();
	rmSync(folder, { recursive: true, force: true });
});

describe('the agent as a process', () => {
	test('comes in by a signed request and serves a viewer', async () => {
		startAgent();
		await controlPlane.until(controlPlane.connected);
		expect(controlPlane.ticketRequests[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/.*us-east-1\/execute-api/);
		await enter();
		viewer.type('echo $((6*7))\r');
		await viewer.shows('\n42');
	});

	test('is back after a cut, and the viewer goes on in the same epoch', async () => {
		startAgent();
		await controlPlane.until(controlPlane.connected);
		await enter();
		controlPlane.cutAgent();
		await controlPlane.until(() => controlPlane.ticketRequests.length === 2 && controlPlane.connected());
		viewer.type('echo after-the-cut\r');
		await viewer.shows('\nafter-the-cut');
		expect(viewer.stats.dropped).toBe(0);
	});

	test('[E3] SIGTERM: closes with 1001 and ends with 0 within a second; tmux stays', async () => {
		const agent = startAgent();
		await controlPlane.until(controlPlane.connected);
		await enter();
		viewer.type('echo before\r');
		await viewer.shows('\nbefore');
		const told = performance.now();
		agent.kill('SIGTERM');
		const [code] = await once(agent, 'exit');
		expect(code).toBe(0);
		expect(performance.now() - told).toBeLessThan(1_500);
		expect(controlPlane.closings).toEqual([1001]);
		expect(await tmux('list-clients')).toBe('');
		expect(await tmux('capture-pane', '-p', '-t', 'main')).toContain('\nbefore');
	});

	test('killed and started again it is a new epoch over the same tmux', async () => {
		const agent = startAgent();
		await controlPlane.until(controlPlane.connected);
		await enter();
		viewer.type('echo before\r');
		await viewer.shows('\nbefore');
		const { epoch } = viewer;
		agent.kill('SIGKILL');
		await once(agent, 'exit');
		await controlPlane.until(() => !controlPlane.connected());
		startAgent();
		await controlPlane.until(controlPlane.connected);
		viewer.open();
		await viewer.until(() => viewer.epoch !== epoch);
		await viewer.shows('\nbefore');
	});

	test('ends with 64 when the control plane says that this task is not wanted', async () => {
		const problem = { type: 'about:blank', title: 'Not allowed', status: 403, detail: 'another task has taken over', code: 'forbidden' };
		controlPlane.refuse(403, JSON.stringify(problem));
		const [code] = await once(startAgent(), 'exit');
		expect(code).toBe(64);
	});

	test('says how it crashed, where its user can read it, and ends with 1', async () => {
		const crash = "process.on('SIGUSR2',()=>{throw new RangeError('no such terminal')})";
		const agent = startAgent({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}` });
		await controlPlane.until(controlPlane.connected);
		agent.kill('SIGUSR2');
		const [code] = await once(agent, 'exit');
		expect(code).toBe(1);
		expect(controlPlane.reports).toHaveLength(1);
		expect(AgentReport.parse(JSON.parse(controlPlane.reports[0] ?? ''))).toMatchObject({
			kind: 'crash',
			text: expect.stringMatching(/^RangeError: no such terminal\n +at /),
		});
	});

	test('says that tmux gives no terminals, and goes on', async () => {
		await tmux('kill-server');
		rmSync(join(folder, 'tmux'), { force: true });
		mkdirSync(join(folder, 'tmux'));
		startAgent();
		await controlPlane.until(() => controlPlane.reports.length === 1 && controlPlane.connected());
		expect(AgentReport.parse(JSON.parse(controlPlane.reports[0] ?? ''))).toMatchObject({
			kind: 'terminals',
			text: expect.stringMatching(/^tmux: ./),
		});
	});

	test('says what is missing and ends with 1', async () => {
		const agent = spawn(process.execPath, [main], { env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe'] });
		agents.push(agent);
		let said = '';
		agent.stderr?.on('data', (data) => {
			said += data;
		});
		const [code] = await once(agent, 'exit');
		expect(code).toBe(1);
		expect(said).toMatch(/^agent: missing or wrong in the environment: SHELLPOD_API, .*\n$/);
	});
});
