import type { Drive } from '@shellpod/functions/core/drive.ts';
import type { SeekOrphans } from '@shellpod/functions/core/orphans.ts';
import type { Revocations } from '@shellpod/functions/core/revocations.ts';
import { createSweep } from '@shellpod/functions/core/sweep.ts';
import { createTaskEvents } from '@shellpod/functions/core/task-events.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { createInMemoryLeases, createInMemorySessions } from '../support/in-memory-table.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { at, dateAt, record, user } from '../support/session-records.ts';

const letters = [...'abcdefghijklmnopqrstuvwxyz234567'];
const ids = letters.map((letter) => sessionId(`${letter}aaaaaaaaaaa`));

const setUp = async (dues: number[], options: { drive?: Drive; closeDue?: Revocations['closeDue']; orphans?: SeekOrphans; budget?: number } = {}) => {
	let seconds = 0;
	const sessions = createInMemorySessions();
	for (const [index, due] of dues.entries()) await sessions.create(record({ id: ids[index] ?? expect.fail(), dueAt: at(due) }));
	const leases = createInMemoryLeases();
	const log = createLogLines();
	const looked: string[] = [];
	const drive: Drive = async (who, id) => {
		looked.push(id);
		seconds += 0.5;
		if (options.drive) return options.drive(who, id);
		const { dueAt: _, ...done } = (await sessions.get(who, id)) ?? expect.fail();
		return sessions.put(done);
	};
	const pass = (more: number): void => {
		seconds += more;
	};
	const run = (holder = 'run-1') =>
		createSweep({
			sessions,
			leases,
			drive,
			revocations: { closeDue: async (on) => options.closeDue?.(on) ?? 0 },
			orphans: async (who, goesOn) => options.orphans?.(who, goesOn),
			log,
			now: () => dateAt(seconds),
			wait: async (ms) => pass(ms / 1_000),
			holder,
			budget: options.budget ?? 45_000,
		})();
	return { sessions, leases, log, looked, run, pass, elapsed: () => seconds };
};

describe('the sweep', () => {
	it('[2] looks at all that is due, in every shard, and at nothing else', async () => {
		const { run, looked } = await setUp([...Array.from({ length: 20 }, () => -1), 3_600]);
		expect(await run()).toEqual({ looked: 20, failed: 0 });
		expect(looked.sort()).toEqual(ids.slice(0, 20).sort());
	});

	it('[security 8] closes what is to be closed, again before the next minute while something is left, and whatever becomes of the sessions', async () => {
		let left = 3;
		const { run, elapsed, log } = await setUp([-1], {
			drive: async () => Promise.reject(new Error('poison')),
			closeDue: async () => left--,
		});
		expect(await run()).toEqual({ looked: 4, failed: 4 });
		expect(left).toBe(-1);
		expect(elapsed()).toBeGreaterThanOrEqual(15);
		expect(elapsed()).toBeLessThan(45);
		expect(log.lines.filter(({ event }) => event === 'look_failed')).toHaveLength(4);
	});

	it('[security 8] looks at sessions though nothing can be closed', async () => {
		const { run, looked, log } = await setUp([-1], { closeDue: async () => Promise.reject(new Error('away')) });
		expect(await run()).toEqual({ looked: 1, failed: 1 });
		expect([looked, log.lines.map(({ event }) => event)]).toEqual([[ids[0]], ['connections_failed']]);
	});

	it('[7] looks for orphans once in a run, and does all else whether that fails or not', async () => {
		let sought = 0;
		const { run, looked, log, sessions, elapsed } = await setUp([-1], {
			drive: async (who, id) => {
				const now = (await sessions.get(who, id)) ?? expect.fail();
				return sessions.put({ ...now, dueAt: at(elapsed() + 5) });
			},
			orphans: async () => {
				sought++;
				throw new Error('ECS is away');
			},
		});
		expect((await run())?.failed).toBe(1);
		expect(looked.length).toBeGreaterThan(5);
		expect([sought, log.lines.map(({ event }) => event)]).toEqual([1, ['orphans_failed']]);
	});

	it('[7] does its work whether there are too many or not: the look for them says so by itself', async () => {
		const { run, looked } = await setUp([-1], { orphans: async () => ({ all: 9, orphans: 4, spared: true }) });
		expect(await run()).toEqual({ looked: 1, failed: 0 });
		expect(looked).toEqual([ids[0]]);
	});

	it('goes on with the others when one fails', async () => {
		const poison = ids[3];
		const { run, looked, log } = await setUp(
			Array.from({ length: 8 }, (_, index) => -8 + index),
			{
				drive: async (_, id) => {
					if (id === poison) throw new Error('poison');
					return undefined;
				},
			},
		);
		expect(await run()).toEqual({ looked: 8, failed: 1 });
		expect(new Set(looked).size).toBe(8);
		expect(log.lines).toEqual([expect.objectContaining({ event: 'look_failed', fields: { session: poison } })]);
	});

	it('goes on with the other shards when one can not be read', async () => {
		const { run, sessions } = await setUp(Array.from({ length: 8 }, () => -1));
		const { due } = sessions;
		sessions.due = async function* (shard, until) {
			if (shard === 1) throw new Error('throttled');
			yield* due(shard, until);
		};
		const report = await run();
		expect(report?.looked).toBeLessThan(8);
		expect(report?.looked).toBeGreaterThan(0);
		expect(report?.failed).toBeGreaterThan(0);
	});

	it('looks again in the same run at what is in transition', async () => {
		const { run, looked, sessions, elapsed } = await setUp([-1], {
			drive: async (who, id) => {
				const now = (await sessions.get(who, id)) ?? expect.fail();
				return sessions.put({ ...now, dueAt: at(elapsed() + 5) });
			},
		});
		await run();
		expect(looked.length).toBeGreaterThan(5);
		expect(elapsed()).toBeLessThanOrEqual(45);
	});

	it('ends with its budget', async () => {
		const { run, elapsed, looked } = await setUp(
			Array.from({ length: 30 }, () => -1),
			{ budget: 5_000 },
		);
		await run();
		expect(elapsed()).toBeLessThan(9);
		expect(looked.length).toBeLessThan(30);
	});

	it('[security 8] ends with its budget, though there is more to close than it has time for', async () => {
		let closed = 0;
		const { run, pass, leases } = await setUp([], {
			budget: 5_000,
			closeDue: async (on) => {
				for (; (await on?.()) && closed < 100; closed++) pass(1);
				return 0;
			},
		});
		expect(await run()).toEqual({ looked: 0, failed: 0 });
		expect(closed).toBe(5);
		expect(await leases.take('sweep', 'next', at(5), at(54))).toBe(true);
	});

	it('[16] does nothing while another is at it, and takes over soon from one that was killed', async () => {
		const { run, leases, looked, elapsed } = await setUp([-1, -1]);
		await leases.take('sweep', 'another', at(0), at(60));
		expect([await run(), looked]).toEqual([undefined, []]);
		await leases.release('sweep', 'another');
		await leases.take('sweep', 'killed', at(elapsed()), at(elapsed() + 12));
		const begun = elapsed();
		expect(await run()).toEqual({ looked: 2, failed: 0 });
		expect(elapsed() - begun).toBeLessThan(15);
	});

	it('[16] begins nothing more when its turn was lost', async () => {
		const { run, leases, looked, pass, elapsed } = await setUp(
			Array.from({ length: 30 }, () => -1),
			{
				drive: async () => {
					if (looked.length !== 6) return undefined;
					pass(20);
					await leases.take('sweep', 'another', at(elapsed()), at(elapsed() + 12));
					return undefined;
				},
			},
		);
		await run('slow');
		// Those that had begun are brought to their end.
		expect(looked.length).toBeLessThan(6 + 4 * 3);
		expect(await leases.take('sweep', 'third', at(elapsed()), at(elapsed() + 12))).toBe(false);
	});
});

describe('an ECS event', () => {
	const onSession = async () => {
		const plane = createControlPlane();
		await plane.addSlots(2);
		const made = await plane.commands.create(user, 'demo');
		const events = createTaskEvents({ deployment: 'shellpod', ...plane, now: plane.clock.now });
		return { ...plane, made, onEvent: (group?: string) => events({ detail: group === undefined ? {} : { group } }) };
	};

	it('[2] makes somebody look at the session whose Home the task has', async () => {
		const { made, onEvent, tasks, sessions } = await onSession();
		const [arn = '', one] = [...tasks.tasks][0] ?? [];
		if (!one) return expect.fail();
		tasks.tasks.set(arn, { ...one, lastStatus: 'PENDING' });
		expect(await onEvent(`family:${made.slot.family}`)).toBe(1);
		expect(await sessions.get(user, made.id)).toMatchObject({ phase: 'starting', step: 'image' });
	});

	it('[S4] doubled, late or out of order changes nothing', async () => {
		const { made, onEvent, commands, tasks, sessions } = await onSession();
		await commands.stop(user, made.id);
		tasks.settle();
		await onEvent(`family:${made.slot.family}`);
		expect(await sessions.get(user, made.id)).toMatchObject({ phase: 'stopped' });
		// The next look writes down that it has stopped.
		await onEvent(`family:${made.slot.family}`);
		const stopped = await sessions.get(user, made.id);
		for (let again = 0; again < 3; again++) await onEvent(`family:${made.slot.family}`);
		expect(await sessions.get(user, made.id)).toEqual(stopped);
		expect(tasks.asked).toHaveLength(1);
	});

	it.each([undefined, 'service:web', 'family:other', 'family:other-home-100000', 'family:shellpod-home-100001', 'family:shellpod-home-999999'])(
		'of nobody we know is nothing to us: %s',
		async (group) => {
			const { onEvent } = await onSession();
			expect(await onEvent(group)).toBe(0);
		},
	);

	it('is tried again by Lambda when the look fails', async () => {
		const { made, onEvent, tasks } = await onSession();
		tasks.broken = new Error('ECS is away');
		await expect(onEvent(`family:${made.slot.family}`)).rejects.toThrow('ECS is away');
	});

	it('a user that is unknown to the table is nobody', async () => {
		const { drive } = await onSession();
		expect(await drive(userId('nobody'), ids[0] ?? expect.fail())).toBeUndefined();
	});
});
