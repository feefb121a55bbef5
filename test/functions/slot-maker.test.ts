import { firstUid, homeName, uidOfHome } from '@shellpod/functions/core/slot.ts';
import { createSlotMaker } from '@shellpod/functions/core/slot-maker.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { describe, expect, it } from 'vitest';
import { createInMemoryLeases, createInMemorySessions, createInMemorySlots } from '../support/in-memory-table.ts';
import { createFittingDefinitions, createLogLines } from '../support/scripted-tasks.ts';
import { at, base, dateAt, record, session, user } from '../support/session-records.ts';

/** A maker over AWS in memory; `failAt` names the call that the next run dies at. */
const createMaker = (options: { free?: number; burst?: number; budget?: number; slowMs?: number } = {}) => {
	let seconds = 0;
	const world = {
		slots: createInMemorySlots(),
		sessions: createInMemorySessions(),
		room: { left: 1_000, quota: 1_000 },
		leases: createInMemoryLeases(),
		definitions: createFittingDefinitions(),
		log: createLogLines(),
		accessPoints: new Map<number, string>(),
		roles: new Map<string, string>(),
		calls: [] as string[],
		waits: [] as number[],
		failAt: undefined as string | undefined,
		now: () => dateAt(seconds),
		pass: (more: number): void => {
			seconds += more;
		},
	};
	const call = (name: string): void => {
		world.calls.push(name);
		seconds += (options.slowMs ?? 0) / 1_000;
		if (name !== world.failAt) return;
		world.failAt = undefined;
		throw new Error(`${name} failed`);
	};
	const run = (holder = 'run-1') =>
		createSlotMaker({
			deployment: 'pod',
			...world,
			homes: {
				async makeAccessPoint(uid) {
					call(`access point ${uid}`);
					const id = world.accessPoints.get(uid) ?? `fsap-${uid}`;
					world.accessPoints.set(uid, id);
					return id;
				},
			},
			roles: {
				async makeRole(name, accessPointId) {
					call(`role ${name}`);
					world.roles.set(name, accessPointId);
					return `arn:aws:iam::000000000000:role/shellpod/${name}`;
				},
				async room() {
					call('room');
					return world.room;
				},
			},
			definitions: {
				...world.definitions,
				async register(home) {
					call(`definition ${home.family}`);
					return world.definitions.register(home);
				},
			},
			wait: async (ms) => {
				world.waits.push(ms);
				seconds += ms / 1_000;
			},
			holder,
			free: options.free ?? 3,
			burst: options.burst ?? 0,
			pace: 1_000,
			budget: options.budget ?? 40_000,
		})();
	return { ...world, world, run };
};

describe('the slot maker', () => {
	it('makes what is missing, each with a uid, access point, role and family of its own', async () => {
		const { run, slots } = createMaker();
		expect(await run()).toEqual([firstUid, firstUid + 1, firstUid + 2]);
		expect(await slots.get(firstUid)).toEqual({
			uid: firstUid,
			state: 'free',
			at: expect.any(String),
			accessPointId: 'fsap-100000',
			roleName: 'pod-home-100000',
			roleArn: 'arn:aws:iam::000000000000:role/shellpod/pod-home-100000',
			family: 'pod-home-100000',
			definition: expect.stringContaining('pod-home-100000:'),
			base,
		});
	});

	it('makes none when there are enough', async () => {
		const { run, calls } = createMaker();
		await run();
		calls.length = 0;
		expect(await run()).toEqual([]);
		expect(calls).toEqual([]);
	});

	it('registers its burst at once, then at most one definition a second', async () => {
		const { run, waits, calls } = createMaker({ free: 4, burst: 2 });
		await run();
		expect(calls.filter((call) => call.startsWith('definition'))).toHaveLength(4);
		expect(waits).toEqual([1_000, 1_000]);
	});

	it.each(['access point 100000', 'role pod-home-100000', 'definition pod-home-100000'])(
		'goes on with the same uid after a run that died at: %s',
		async (failAt) => {
			const { world, run, slots, accessPoints, roles } = createMaker({ free: 1 });
			world.failAt = failAt;
			expect(await run()).toEqual([]);
			expect(await slots.get(firstUid)).toMatchObject({ state: 'making' });
			expect(await run()).toEqual([firstUid]);
			expect([accessPoints.size, roles.size]).toEqual([1, 1]);
			expect(roles.get('pod-home-100000')).toBe('fsap-100000');
			expect(await slots.nextUid(firstUid)).toBe(firstUid + 1);
		},
	);

	it('one that fails does not stop the others', async () => {
		const { world, run, log } = createMaker();
		world.failAt = 'role pod-home-100001';
		expect(await run()).toEqual([firstUid, firstUid + 2]);
		expect(log.lines).toContainEqual(expect.objectContaining({ event: 'slot_not_made', fields: { uid: firstUid + 1 } }));
	});

	it('ends with its budget; the next run goes on', async () => {
		const { run, slots } = createMaker({ free: 10, budget: 5_000, slowMs: 500 });
		const first = await run();
		expect(first?.length).toBeLessThan(10);
		for (let more = 0; more < 4; more++) await run();
		expect(await slots.free(20)).toHaveLength(10);
	});

	it('runs once at a time', async () => {
		const { run, leases, now } = createMaker();
		await leases.take('slots', 'another', now().toISOString(), dateAt(60).toISOString());
		expect(await run('run-2')).toBeUndefined();
		await leases.release('slots', 'another');
		expect(await run('run-2')).toHaveLength(3);
		expect(await run('run-3')).toEqual([]);
	});

	it('[16] begins no other slot when its turn was lost', async () => {
		const { world, run, leases, now } = createMaker({ slowMs: 5_000 });
		const { register } = world.definitions;
		world.definitions.register = async (home) => {
			await leases.take('slots', 'another', now().toISOString(), dateAt(60).toISOString());
			return register(home);
		};
		expect(await run()).toEqual([firstUid]);
	});

	it('makes no more Homes than the account has room for, a tenth of its roles left to others, and says so', async () => {
		const world = createMaker({ free: 3 });
		Object.assign(world.room, { left: 101, quota: 1_000 });
		expect(await world.run()).toEqual([firstUid]);
		expect(world.log.lines).toContainEqual(expect.objectContaining({ level: 'error', event: 'slots_used_up' }));
		Object.assign(world.room, { left: 90, quota: 1_000 });
		expect(await world.run()).toEqual([]);
		// The Homes of deleted sessions are gone: there is room again, and no uid is given twice.
		Object.assign(world.room, { left: 500, quota: 1_000 });
		expect(await world.run()).toEqual([firstUid + 1, firstUid + 2]);
	});

	it('gives a slot back that a request took which was cut off, and lets the others be', async () => {
		const world = createMaker({ free: 2 });
		await world.run();
		const [lost, used] = [await world.slots.get(firstUid), await world.slots.get(firstUid + 1)];
		if (lost?.state !== 'free' || used?.state !== 'free') return expect.fail('no free slots');
		await world.slots.take(lost, { user, session: sessionId('lostlostlost') }, at(0));
		await world.slots.take(used, { user, session }, at(0));
		await world.sessions.create(record());
		world.pass(14 * 60);
		await world.run();
		expect(await world.slots.get(firstUid)).toMatchObject({ state: 'taken' });
		world.pass(60);
		await world.run();
		expect(await world.slots.get(firstUid)).toEqual({ ...lost, at: world.now().toISOString() });
		expect(await world.slots.get(firstUid + 1)).toMatchObject({ state: 'taken', settled: true });
		expect(await world.slots.taken(world.now().toISOString(), 9)).toEqual([]);
	});
});

describe('names of Homes', () => {
	it('lead back to their uid, and nothing else does', () => {
		expect(uidOfHome('pod', homeName('pod', 100_023))).toBe(100_023);
		for (const name of ['pod-home-', 'pod-home-1', 'pod-home-100000x', 'other-home-100000', 'pod-homes', 'xpod-home-100000'])
			expect(uidOfHome('pod', name)).toBeUndefined();
	});
});
