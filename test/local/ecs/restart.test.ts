/** Stacks in processes of their own, so that a kill is a kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DescribeTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { processesWith } from '../sandbox/fixture.ts';
import { createDriver, type Driver, type Made } from './fixture.ts';

interface Running extends Driver {
	made: Made;
	/** its task's event with that status, past ones included */
	reached(task: Task, lastStatus: string): Promise<Record<string, unknown>>;
	pids(): Promise<number[]>;
	signal(signal: NodeJS.Signals): Promise<void>;
}

const children = new Set<ChildProcess>();
let made: Made | undefined;

/** The next start over the same state and port. */
const start = async (options: object = {}): Promise<Running> => {
	const port = made ? new URL(made.base).port : '0';
	const child = spawn(process.execPath, [join(import.meta.dirname, 'stack-process.ts'), made?.state ?? '', port, JSON.stringify(options)], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	children.add(child);
	const events: Record<string, unknown>[] = [];
	const waiting = new Set<() => void>();
	const ready = Promise.withResolvers<Made>();
	createInterface({ input: child.stdout }).on('line', (line) => {
		const said: { made: Made } | { event: Record<string, unknown> } = JSON.parse(line);
		if ('made' in said) ready.resolve(said.made);
		else events.push(said.event);
		for (const look of waiting) look();
	});
	made = await ready.promise;
	const { base } = made;
	return {
		...createDriver(made),
		made,
		reached: (task, lastStatus) =>
			new Promise((resolve) => {
				const look = (): void => {
					const found = events.find((event) => event.taskArn === task.taskArn && event.lastStatus === lastStatus);
					if (found) resolve(found);
				};
				waiting.add(look);
				look();
			}),
		pids: async () => (await fetch(`${base}/test/`)).json() as Promise<number[]>,
		signal: async (signal) => {
			child.kill(signal);
			await once(child, 'exit');
			children.delete(child);
		},
	};
};

const containers = (stack: Running): string[] => readdirSync(join(stack.made.state, 'ecs/sandbox/containers'));

describe.skipIf(sandboxProblem() !== undefined)('a restart', () => {
	afterAll(async () => {
		for (const child of children) {
			child.kill('SIGTERM');
			await once(child, 'exit');
		}
		if (made) rmSync(made.state, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
	});

	it('after kill -9 of the stack adopts what runs, and sees its end', async () => {
		const stack = await start();
		const task = await stack.run(await stack.register('adopted', 'touch /home/dev/adopted; until [ -e /home/dev/go ]; do sleep 0.02; done; exit 8'));
		await stack.reached(task, 'RUNNING');
		await stack.wrote('adopted');
		const pids = await stack.pids();
		await stack.signal('SIGKILL');
		const next = await start();
		expect(await next.pids()).toEqual(pids);
		const described = await next.client.send(new DescribeTasksCommand({ cluster: next.made.cluster, tasks: [task.taskArn ?? ''] }));
		expect(described.tasks?.[0]?.lastStatus).toBe('RUNNING');
		writeFileSync(join(next.made.home, 'go'), '');
		expect(await next.reached(task, 'STOPPED')).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 8 }] });
		await next.signal('SIGKILL');
	});

	it('sees the end that nobody saw', async () => {
		const stack = await start();
		const task = await stack.run(await stack.register('unseen', 'touch /home/dev/unseen; until [ -e /home/dev/end ]; do sleep 0.02; done; exit 9'));
		await stack.reached(task, 'RUNNING');
		await stack.wrote('unseen');
		await stack.signal('SIGKILL');
		const folder = join(stack.made.state, 'ecs/sandbox/containers', containers(stack)[0] ?? '');
		writeFileSync(join(stack.made.home, 'end'), '');
		while (!readdirSync(folder).includes('exit')) await new Promise((resolve) => setTimeout(resolve, 5));
		const next = await start();
		expect(await next.reached(task, 'STOPPED')).toMatchObject({ containers: [{ exitCode: 9 }] });
		await next.signal('SIGKILL');
	});

	it('after kill -9 of everything says that the tasks are lost, and nothing of them is left', async () => {
		const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
		const stack = await start();
		const task = await stack.run(await stack.register('lost', 'setsid nohup sleep 4713 & touch /home/dev/lost; sleep 4713'));
		await stack.reached(task, 'RUNNING');
		await stack.wrote('lost');
		const pids = await stack.pids();
		await stack.signal('SIGKILL');
		for (const pid of pids) process.kill(pid, 'SIGKILL');
		while (processesWith('sleep\x004713').length > 0 || processesWith(stack.made.state).length > 0)
			await new Promise((resolve) => setTimeout(resolve, 5));
		expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
		const next = await start();
		expect(await next.reached(task, 'STOPPED')).toMatchObject({ stopCode: 'InfrastructureHealth', desiredStatus: 'STOPPED' });
		expect(await next.pids()).toEqual([]);
		await next.signal('SIGTERM');
		expect(containers(next)).toEqual([]);
		expect(readdirSync(join(next.made.state, 'ecs/sandbox/leftovers'))).toEqual([]);
	});

	it('goes on with a start that was asked for', async () => {
		const stack = await start({ delays: { PROVISIONING: 1000, ACTIVATING: 5, DEACTIVATING: 5, DEPROVISIONING: 5 } });
		const task = await stack.run(await stack.register('asked', 'touch /home/dev/asked; sleep 60'));
		await stack.signal('SIGKILL');
		expect(containers(stack)).toEqual([]);
		const next = await start();
		await next.reached(task, 'RUNNING');
		await next.wrote('asked');
		await next.signal('SIGTERM');
	});

	it('after a shutdown tells the end of its tasks, which was not told before; deaf ones were killed', async () => {
		const stack = await start({ grace: 1000 });
		const polite = await stack.run(
			await stack.register('polite', `trap 'echo saved >/home/dev/goodbye; exit 0' TERM; touch /home/dev/up; while :; do sleep 0.02; done`),
		);
		const deaf = await stack.run(
			await stack.register('deaf', `trap '' TERM; touch /home/dev/up-too; while :; do sleep 0.02; done`, { stopTimeout: 120 }),
		);
		await Promise.all([stack.wrote('up'), stack.wrote('up-too'), stack.reached(polite, 'RUNNING'), stack.reached(deaf, 'RUNNING')]);
		let told = false;
		void stack.reached(polite, 'STOPPED').then(() => {
			told = true;
		});
		await stack.signal('SIGTERM');
		expect(await stack.wrote('goodbye')).toBe('saved\n');
		expect(told).toBe(false);
		expect(containers(stack)).toEqual([]);
		const next = await start();
		for (const [task, code] of [
			[polite, 0],
			[deaf, 137],
		] as const)
			expect(await next.reached(task, 'STOPPED')).toMatchObject({
				stopCode: 'TerminationNotice',
				stoppedReason: 'The machine was shut down',
				containers: [{ exitCode: code }],
			});
		await next.signal('SIGKILL');
	});

	it('removes what tasks that nobody knows left behind', async () => {
		const folder = join(made?.state ?? '', 'ecs/sandbox');
		mkdirSync(join(folder, 'containers/left'), { recursive: true });
		mkdirSync(join(folder, 'leftovers/older'), { recursive: true });
		const stack = await start();
		expect(containers(stack)).toEqual([]);
		await stack.signal('SIGTERM');
		expect(readdirSync(folder)).not.toContain('older');
	});
});
