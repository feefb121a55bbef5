/**
 * Users with several devices create, start, stop, restart and delete sessions, while tasks die, events get lost and functions crash. At the end
 * faults stop, and within the bounds every session is what its user wants, or says why not.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session } from '@shellpod/protocol/http.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Api } from '../world/api.ts';
import { type FaultRates, someOf } from '../world/faults.ts';
import type { CrashPlan } from '../world/ports.ts';
import { createWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

const minute = 60_000;

const usual: FaultRates = {
	'table-fails': 0.01,
	'table-answer-lost': 0.01,
	'table-slow': 0.01,
	'index-late': 0.2,
	'ecs-fails': 0.03,
	'ecs-throttled': 0.03,
	'run-answer-lost': 0.1,
	'no-capacity': 0.1,
	'list-stale': 0.3,
	'stop-ignored': 0.1,
	'stop-answer-lost': 0.1,
	'network-fails': 0.05,
	'never-connects': 0.05,
	'ecs-start': 0.2,
	retired: 0.03,
	'out-of-memory': 0.03,
	'event-lost': 0.2,
	'event-dup': 0.1,
	'event-refused': 0.05,
	'event-late': 0.1,
	'cold-slow': 0.05,
	'call-crash': 0.004,
	crash: 0.02,
	recycle: 0.1,
	'cold-start': 0.2,
	'lambda-concurrency': 0.1,
	'async-dup': 0.1,
	'image-fails': 0.08,
	'home-fails': 0.05,
	'never-comes-up': 0.05,
	'task-dies': 0.2,
	'host-lost': 0.05,
	'agent-dies': 0.2,
	'ignores-sigterm': 0.1,
	'http-lost': 0.03,
	'line-cut': 0.3,
	'line-silent': 0.3,
	cut: 0.2,
	'half-open': 0.3,
	'disconnect-lost': 0.2,
	'disconnect-late': 0.2,
	'disconnect-dup': 0.1,
	upgrade: 0.05,
	drop: 0.02,
	dup: 0.02,
	reorder: 0.05,
	delay: 0.05,
	throttle: 0.01,
	'slow-consumer': 0.001,
	'post-unanswered': 0.01,
};

/** A device of a user: does what it likes, a few times. */
const device = async (world: World, api: Api, chance: () => number, turns: number, pauseMs: number): Promise<void> => {
	let names = 0;
	for (let turn = 0; turn < turns; turn++) {
		await world.kernel.sleep(chance() * chance() * 2 * pauseMs, 'user');
		try {
			const { sessions, trash } = await api.list();
			const deleted = trash[Math.floor(chance() * trash.length)];
			const one = sessions[Math.floor(chance() * sessions.length)];
			const dice = chance();
			if (deleted && chance() < 0.4) {
				if (dice < 0.5) await api.restore(deleted.id, ...(dice < 0.1 ? [`name ${names++}`] : []));
				else await api.remove(deleted.id, deleted.name);
			} else if (!one || dice < 0.15) await api.create(`name ${Math.floor(chance() * 1_000)} ${names++}`);
			else if (dice < 0.4) await api.move('stop', one.id);
			else if (dice < 0.7) await api.move('start', one.id);
			else if (dice < 0.85) await api.move('restart', one.id);
			else if (dice < 0.94) await api.trash(one.id);
			else await api.get(one.id);
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
		}
	}
};

/** What is not as it should be, in words; empty when all is well. */
export const unsettled = (world: World): string[] =>
	world.records.all().flatMap((record) => {
		const container = world.containerOf(record.id);
		const { desired, phase, generation, agent } = record;
		const name = `${record.id} (${desired.state}, generation ${generation}, ${phase})`;
		if (desired.state === 'running') {
			const answers = phase === 'running' && agent?.generation === generation && !agent.left && container?.agent?.alive;
			const own = container?.task.startedBy?.endsWith(`/${record.id}/${generation}`);
			return answers && own ? [] : [`${name} should run: ${record.reason ?? record.step ?? 'no reason'}`];
		}
		if (desired.state === 'deleted') return [`${name} should be gone: ${record.purge?.step ?? 'not begun'}`];
		const alive = world.ecs.machine.tasks().filter((task) => task.family === record.slot.family && task.lastStatus !== 'STOPPED');
		if (alive.length > 0) return [`${name} should have no task, and has ${alive.map((task) => task.lastStatus)}`];
		if (phase === 'failed') return record.reason ? [] : [`${name} failed without a reason`];
		return phase === 'stopped' ? [] : [`${name} should be stopped`];
	});

/** What was tried often in vain waits for up to an hour. */
const isDeleted = ({ desired }: { desired: { state: string } }): boolean => desired.state === 'deleted';

/** Faults stop; the bounds of liveness of `lifecycle.md` in a row: a stop that began late, then a start that waited for it, with its tries. */
export const settle = async (world: World): Promise<void> => {
	world.faults.stop();
	const settled = await world.until(() => unsettled(world).length === 0, (world.records.all().some(isDeleted) ? 75 : 15) * minute);
	if (!settled) world.kernel.violated('liveness', `long after the last fault: ${unsettled(world).join('; ')}`);
	// And it stays so.
	await world.kernel.sleep(3 * minute, 'calm');
	const later = unsettled(world);
	// A slot whose session never came to be is given back after 15 min.
	await world.until(() => world.leftovers().length === 0, 20 * minute);
	const left = world.leftovers();
	if (left.length > 0) world.kernel.violated('S12', `left behind: ${left.join('; ')}`);
	if (settled && later.length > 0) world.kernel.violated('liveness', `it did not stay so: ${later.join('; ')}`);
};

export const lifecycle: Scenario = {
	name: 'lifecycle',
	about:
		'sessions are created, started, stopped, restarted, put into the trash, restored and deleted under every fault of tasks, events, table and functions',
	tell: async (kernel: Kernel) => {
		const random = kernel.random('story');
		const chance = () => random.next();
		const world = createWorld({ kernel, rates: someOf(kernel, usual) });
		await kernel.sleep(chance() * 30_000, 'before');
		const users = 1 + Math.floor(chance() * 3);
		const devices = Array.from({ length: users }, (_, user) => Array.from({ length: 1 + Math.floor(chance() * 2) }, () => `user-${user}`)).flat();
		const pause = [300, 5_000, 40_000][Math.floor(chance() * 3)] ?? 5_000;
		const turns = 4 + Math.floor(chance() * 8);
		await Promise.all(devices.map((user) => device(world, world.apiOf(user), chance, turns, pause)));
		await kernel.sleep(chance() * 3 * minute, 'after');
		await settle(world);
		return { ...world.faults.fired, sessions: world.records.all().length, gone: world.records.gone().length, calls: world.ports.count };
	},
};

/** One session's whole life without any fault but one crash, of which the seed is the number: seeds from 0 upwards enumerate them all. */
export const oneLife: Scenario = {
	name: 'one-life',
	about:
		'one session is created, stopped, started, restarted, put into the trash, restored, put there again and deleted; seed 2n crashes before the n-th call to the outside, 2n + 1 after it',
	tell: async (kernel) => {
		const crash: CrashPlan = { call: kernel.seed >> 1, when: kernel.seed % 2 === 0 ? 'before' : 'after' };
		const world = createWorld({ kernel, rates: {}, freeSlots: 1, crash });
		const api = world.apiOf('user-0');
		/** As a person does: tries again. */
		const insist = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
			for (let tries = 0; tries < 60; tries++) {
				try {
					return await ask();
				} catch (error) {
					if (!(error instanceof ShellPodError)) throw error;
					if (error.code === 'not_found') return undefined;
					await kernel.sleep(3_000, 'user');
				}
			}
			kernel.violated('liveness', 'a request failed for 3 min');
			return undefined;
		};
		const reach = async (state: Session['state']): Promise<void> => {
			const there = await world.until(() => world.records.all().some((record) => record.phase === state.toLowerCase()), 15 * minute);
			if (!there) kernel.violated('liveness', `the session is not ${state} after 15 min: ${unsettled(world).join('; ')}`);
		};
		const made = await insist(async () => (await api.list()).sessions[0] ?? (await api.create('one')));
		if (!made) return {};
		await reach('Running');
		await insist(() => api.move('stop', made.id));
		await reach('Stopped');
		await insist(() => api.move('start', made.id));
		await reach('Running');
		await insist(() => api.move('restart', made.id));
		await world.until(() => (world.records.newest(made.id)?.generation ?? 0) >= 3, minute);
		await reach('Running');
		await insist(() => api.trash(made.id));
		await reach('Stopped');
		await insist(() => api.restore(made.id));
		if (world.records.newest(made.id)?.desired.state !== 'stopped') kernel.violated('liveness', 'it was not restored');
		await insist(() => api.trash(made.id));
		await insist(() => api.remove(made.id, 'one'));
		if (world.records.newest(made.id)?.desired.state !== 'deleted') kernel.violated('liveness', 'it was not deleted');
		await settle(world);
		return { calls: world.ports.count };
	},
};
