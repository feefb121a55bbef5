/**
 * Users with several devices create, start, stop, restart and delete sessions, while tasks die, events get lost and functions crash. At the end
 * faults stop, and within the bounds every session is what its user wants, or says why not.
 */
import type { Kernel } from '../kernel/kernel.ts';
import { type FaultName, type FaultRates, someOf } from '../world/faults.ts';
import { createOrphans } from '../world/orphans.ts';
import { createWorld } from '../world/world.ts';
import { device } from './people.ts';
import type { Scenario } from './scenario.ts';
import { settle } from './settle.ts';

const minute = 60_000;

export const usual: FaultRates = {
	'table-fails': 0.01,
	'table-down': 0.0005,
	'table-answer-lost': 0.01,
	'table-slow': 0.01,
	'index-late': 0.2,
	'ttl-late': 0.6,
	'ecs-fails': 0.03,
	'ecs-throttled': 0.03,
	'run-answer-lost': 0.25,
	'other-parameters': 0.8,
	'no-capacity': 0.1,
	'list-stale': 0.3,
	'stop-ignored': 0.2,
	'stop-answer-lost': 0.2,
	'network-fails': 0.13,
	'never-connects': 0.1,
	'ecs-start': 0.2,
	retired: 0.4,
	'out-of-memory': 0.5,
	'event-lost': 0.2,
	'event-dup': 0.1,
	'event-refused': 0.05,
	'event-late': 0.1,
	'cold-slow': 0.05,
	'call-crash': 0.002,
	'call-crash-after': 0.002,
	crash: 0.02,
	recycle: 0.1,
	skew: 0.2,
	'cold-start': 0.2,
	'lambda-concurrency': 0.5,
	'async-dup': 0.1,
	'image-fails': 0.12,
	'home-fails': 0.12,
	'never-comes-up': 0.08,
	'task-dies': 0.4,
	'dies-young': 0.5,
	'dies-provisioning': 0.08,
	'dies-pending': 0.12,
	'dies-activating': 0.15,
	'dies-running': 0.15,
	'dies-deactivating': 0.2,
	'dies-stopping': 0.9,
	'host-lost': 0.6,
	'agent-dies': 0.3,
	'agent-hangs': 0.5,
	'agent-lies': 0.5,
	'home-slow': 0.12,
	'home-full': 0.15,
	'clock-off': 0.5,
	'ignores-sigterm': 0.9,
	'http-lost': 0.03,
	'http-dup': 0.05,
	'line-cut': 0.3,
	'line-silent': 0.3,
	'line-stalls': 0.04,
	cut: 0.3,
	'half-open': 0.4,
	'disconnect-lost': 0.2,
	'disconnect-late': 0.2,
	'disconnect-dup': 0.2,
	upgrade: 0.08,
	drop: 0.05,
	dup: 0.05,
	reorder: 0.1,
	delay: 0.05,
	throttle: 0.03,
	'slow-consumer': 0.03,
	'post-unanswered': 0.04,
	'tmux-dies': 0.6,
};

/** Faults that nothing asks for: what people, operators and networks do. */
export const unasked: readonly FaultName[] = ['event-overtaken', 'old-code', 'orphans', 'same-instant', 'user-deleted'];

/** how many of a story's seeds have it */
const shares = { watchers: 0.4, deploy: 0.3, deletedUser: 0.35, orphans: 0.5 };
/** of orphans: how often they are too many, and then how many; ms until a person has heard the alarm: a look for orphans has been there by then */
const many = { share: 0.3, least: 4, most: 8, noticed: [5.5 * minute, 8 * minute] } as const;

export const lifecycle: Scenario = {
	name: 'lifecycle',
	about:
		'sessions are created, started, stopped, restarted, put into the trash, restored and deleted under every fault of tasks, events, table and functions',
	faults: [...Object.keys(usual), ...unasked],
	tell: async (kernel: Kernel) => {
		const random = kernel.random('story');
		const chance = () => random.next();
		const world = createWorld({ kernel, rates: someOf(kernel, usual) });
		world.ecs.runOther();
		await kernel.sleep(chance() * 30_000, 'before');
		const users = Array.from({ length: 1 + Math.floor(chance() * 3) }, (_, user) => `user-${user}`);
		const pause = [300, 5_000, 40_000][Math.floor(chance() * 3)] ?? 5_000;
		const turns = 4 + Math.floor(chance() * 8);
		for (const user of users) if (chance() < shares.watchers) world.watch(user);
		if (chance() < shares.deploy) kernel.after(chance() * turns * pause, 'deploy', world.deploy);
		const deleted =
			chance() < shares.deletedUser ? kernel.sleep(chance() * turns * pause, 'operator').then(() => world.deleteUser('user-0')) : undefined;
		const orphans = createOrphans(world.ecs, kernel.date);
		if (chance() < shares.orphans)
			kernel.after(chance() * turns * pause, 'orphans', () => {
				if (world.faults.stopped) return;
				const count = chance() < many.share ? many.least + Math.floor(chance() * (many.most - many.least + 1)) : 1 + Math.floor(chance() * 3);
				if (orphans.lose(count).length > 0) world.faults.fires('orphans');
				const [soonest, latest] = many.noticed;
				kernel.after(soonest + chance() * (latest - soonest), 'operator', orphans.stop);
			});
		const devices = users.flatMap((user) => Array.from({ length: 1 + Math.floor(chance() * 2) }, () => user));
		const all = (most: number) => Promise.all(devices.map((user) => device(world, user, chance, most, pause)));
		await all(turns - 2);
		await kernel.sleep(chance() * 2.5 * minute, 'between');
		// By now what they started runs: there is something to be stopped.
		await all(2);
		await deleted;
		await kernel.sleep(chance() * minute, 'after');
		await settle(world);
		return { ...world.faults.fired, sessions: world.records.all().length, gone: world.records.gone().length, calls: world.ports.count };
	},
};
