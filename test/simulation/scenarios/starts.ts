/** Two to ten devices press Start in the same instant, again and again: each time there is one task, and all of them are attached to it. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type FaultRates, someOf } from '../world/faults.ts';
import type { Page } from '../world/page.ts';
import { createWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const minute = 60_000;

/**
 * What delays, doubles and loses, but ends no task: then one start is one task. A request that comes twice is another press. ECS fails as seldom as after the
 * second attempt that the SDK makes of each request, and nobody makes here: a look at a session is three of them, and there is one a minute.
 */
export const usual: FaultRates = {
	'cold-start': 0.3,
	'cold-slow': 0.05,
	recycle: 0.2,
	skew: 0.2,
	crash: 0.03,
	'table-slow': 0.03,
	'table-fails': 0.01,
	'table-answer-lost': 0.01,
	'index-late': 0.2,
	'list-stale': 0.4,
	'event-lost': 0.15,
	'event-dup': 0.2,
	'event-late': 0.2,
	'async-dup': 0.2,
	'ecs-throttled': 0.02,
	'ecs-fails': 0.02,
	'http-lost': 0.03,
	'line-cut': 0.05,
};

/** presses of one story; devices; terminals that a user may have open: more devices show the dashboard */
const rounds = 10;
const devices = { least: 2, most: 10 };
const terminals = 8;

/** As a person does who gets no answer: presses again. */
const insist = async (kernel: Kernel, ask: () => Promise<unknown>): Promise<void> => {
	for (let tries = 0; tries < 400; tries++) {
		try {
			await ask();
			return;
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
			await kernel.sleep(3_000, 'user');
		}
	}
	kernel.violated('liveness', 'a request failed for 20 min');
};

const isAttached = (world: World, page: Page): boolean => page.stream.kind === 'live' && world.isRight(page);

export const starts: Scenario = {
	name: 'starts',
	about: `two to ten devices press Start in the same instant, ${rounds} times a seed: one task, all attached`,
	faults: Object.keys(usual),
	tell: async (kernel) => {
		const random = kernel.random('story');
		const world = createWorld({ kernel, rates: someOf(kernel, usual), freeSlots: 1 });
		const user = 'user-0';
		const all = Array.from({ length: devices.most }, () => world.apiOf(user));
		const [api] = all as [(typeof all)[number]];
		await insist(kernel, async () => (await api.list()).sessions[0] ?? (await api.create('one')));
		const [{ id = '' } = {}] = world.records.all();
		const record = () => world.records.newest(id);
		const tasks = (): Set<string> => new Set(world.ecs.machine.tasks().flatMap(({ id: task, startedBy }) => (startedBy?.includes(id) ? [task] : [])));
		const reach = async (what: string, isSo: () => boolean): Promise<void> => {
			if (!(await world.until(isSo, 20 * minute))) kernel.violated('liveness', `${what}: not after 20 min`);
		};
		await reach('it runs, or says why not', () => record()?.phase === 'running' || record()?.phase === 'failed');
		const watchers = [world.watch(user), world.watch(user)];
		let pages: Page[] = [];
		const isUp = (): boolean => record()?.phase === 'running' && pages.every((page) => isAttached(world, page));
		let presses = 0;
		let failed = 0;
		/** All of them, in the same instant; true when it runs and all are attached. */
		const press = async (together: number): Promise<boolean> => {
			const before = tasks();
			const generation = record()?.generation ?? 0;
			await Promise.all(all.slice(0, together).map((one) => insist(kernel, () => one.move('start', id))));
			presses += together;
			await reach('all are attached', () => isUp() || record()?.phase === 'failed');
			const made = [...tasks()].filter((task) => !before.has(task)).length;
			if (made > 1 || (made === 0 && isUp()))
				kernel.violated('S1', `${together} devices pressed Start in the same instant, and ${made} tasks were made`);
			if (record()?.generation !== generation + 1)
				kernel.violated('S1', `${together} devices made other than one generation more: ${record()?.generation}`);
			return isUp();
		};
		for (let round = 0; round < rounds; round++) {
			await insist(kernel, () => api.move('stop', id));
			await reach('it is stopped', () => record()?.phase === 'stopped');
			const together = devices.least + Math.floor(random.next() * (devices.most - devices.least + 1));
			pages = Array.from({ length: Math.min(together, terminals) }, () => world.open(user, id));
			// What nobody looked at for minutes fails with its reason; they see it, and press again.
			while (!(await press(together))) failed += 1;
			await reach('all are told', () => watchers.every((watcher) => watcher.shown(id)?.state === 'Running'));
			for (const page of pages) page.close();
		}
		return { ...world.faults.fired, starts: rounds, presses, failed };
	},
};
