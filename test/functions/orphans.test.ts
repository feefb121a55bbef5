import { createOrphans, fewEnough, standingOf } from '@shellpod/functions/core/orphans.ts';
import type { ListedTask } from '@shellpod/functions/ports.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { createInMemoryLeases } from '../support/in-memory-table.ts';
import { holds, holdsAsync } from '../support/property.ts';
import { arnOf, intent, record, session, slot, user } from '../support/session-records.ts';

const listed = (changes: Partial<ListedTask> = {}): ListedTask => ({
	arn: arnOf('one'),
	of: { session, generation: 1 },
	family: slot.family,
	lastStatus: 'RUNNING',
	desiredStatus: 'RUNNING',
	containers: [{ lastStatus: 'RUNNING' }],
	...changes,
});

const stranger = sessionId('zzzzzzzzzzzz');
const always = async (): Promise<boolean> => true;

/** A deployment with a session that runs, and a cluster in which there may be more. */
const setUp = async () => {
	const plane = createControlPlane();
	await plane.addSlots(2);
	const made = await plane.commands.create(user, 'demo');
	const leases = createInMemoryLeases();
	const seek = createOrphans({ ...plane, deployment: 'shellpod', leases, now: plane.clock.now });
	let runs = 0;
	const orphan = (name: string, changes: Partial<ListedTask> = {}): string => {
		const { family, ...task } = listed({ arn: arnOf(name), of: { session: stranger, generation: 1 }, family: 'shellpod-home-999999', ...changes });
		plane.tasks.tasks.set(task.arn, task);
		plane.tasks.families.set(task.arn, family);
		return task.arn;
	};
	/** started by somebody else */
	const foreign = (name: string, family = 'shellpod-home-999999'): void => {
		const { of: _, family: __, ...task } = listed({ arn: arnOf(name) });
		plane.tasks.tasks.set(task.arn, task);
		plane.tasks.families.set(task.arn, family);
	};
	return {
		...plane,
		made,
		orphan,
		foreign,
		run: (goesOn = always) => seek(`run-${runs++}`, goesOn),
		told: () => plane.tasks.told.map(({ arn }) => arn),
	};
};

describe('[7] a task is', () => {
	const named = record({ task: intent({ arn: arnOf('one') }) });
	it.each<[string, ReturnType<typeof standingOf>, Partial<ListedTask>, Parameters<typeof standingOf>[1]]>([
		["its session's own", 'own', {}, named],
		['its own while the answer of RunTask is lost', 'own', {}, record({ task: intent() })],
		['its own while it empties the Home', 'own', {}, { ...named, purge: { step: 'empty', since: '', tries: 0 } }],
		['astray when the record names another', 'stray', { arn: arnOf('two') }, named],
		['astray when it is of an older generation', 'stray', {}, record({ generation: 2, task: intent({ generation: 2 }) })],
		[
			'astray when ECS said that there is none',
			'stray',
			{},
			record({ task: intent({ refused: { cause: { kind: 'unknown', text: '', advice: '', retry: true }, at: '' } }) }),
		],
		['astray when its session is stopped', 'stray', {}, record({ phase: 'stopped' })],
		['an orphan without a record', 'orphan', {}, undefined],
		['an orphan in the Home of another session', 'orphan', { of: { session: stranger, generation: 1 } }, named],
		['an orphan when its Home is empty and goes', 'orphan', {}, { ...named, purge: { step: 'role', since: '', tries: 0 } }],
	])('%s', (_, expected, changes, known) => {
		expect(standingOf(listed(changes), known)).toBe(expected);
	});
});

describe('[7] orphans', () => {
	it('are stopped, and nothing else is: no own task, and none that another deployment or a person started', async () => {
		const { run, orphan, foreign, told, log, made } = await setUp();
		const lost = [orphan('gone'), orphan('elsewhere', { family: 'another' }), orphan('free', { family: 'shellpod-home-100001' })];
		foreign('another deployment');
		foreign('a person', made.slot.family);
		expect(await run()).toEqual({ all: 4, orphans: 3, spared: false });
		expect(told().sort()).toEqual(lost.sort());
		expect(log.lines.filter(({ event }) => event === 'orphan_stopped')).toHaveLength(3);
	});

	it('that end already are left to their end', async () => {
		const { run, orphan, told } = await setUp();
		orphan('told', { desiredStatus: 'STOPPED' });
		orphan('ended', { lastStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }] });
		expect(await run()).toEqual({ all: 1, orphans: 0, spared: false });
		expect(told()).toEqual([]);
	});

	it('a stray is stopped by a look at its session, which keeps its own task', async () => {
		const { run, orphan, told, made } = await setUp();
		const arn = orphan('stray', { of: { session: made.id, generation: 1 }, family: made.slot.family });
		expect(await run()).toEqual({ all: 2, orphans: 0, spared: false });
		expect(told()).toEqual([arn]);
	});

	it('what somebody looks at anyway is not read; what nobody looks at is', async () => {
		const { run, orphan, stored, made, told, clock, commands, tasks, drive } = await setUp();
		let reads = 0;
		const { get } = stored;
		stored.get = (...who) => {
			reads++;
			return get(...who);
		};
		expect(await run()).toEqual({ all: 1, orphans: 0, spared: false });
		expect(reads).toBe(0);

		await commands.stop(user, made.id);
		tasks.settle();
		await drive(user, made.id);
		expect(await get(user, made.id)).not.toHaveProperty('dueAt');
		const arn = orphan('stray', { of: { session: made.id, generation: 1 }, family: made.slot.family });
		clock.pass(300);
		expect(await run()).toEqual({ all: 1, orphans: 0, spared: false });
		expect(told()).toContain(arn);
	});

	it('are looked for every five minutes, and a minute after a look that failed or had no time', async () => {
		const { run, orphan, clock, tasks, told } = await setUp();
		expect(await run()).toMatchObject({ orphans: 0 });
		const arn = orphan('gone');
		clock.pass(299);
		expect(await run()).toBeUndefined();
		clock.pass(1);
		tasks.broken = new Error('ECS is away');
		await expect(run()).rejects.toThrow('ECS is away');
		delete tasks.broken;
		clock.pass(60);
		expect(await run(async () => false)).toBeUndefined();
		expect(told()).toEqual([]);
		clock.pass(60);
		expect(await run()).toMatchObject({ orphans: 1 });
		expect(told()).toEqual([arn]);
	});

	it('of which there are too many are all spared and told of, in the next minute too; as soon as there are few enough they are stopped', async () => {
		const { run, orphan, clock, tasks, told, log } = await setUp();
		const arns = ['a', 'b', 'c', 'd'].map((name) => orphan(name));
		for (let minute = 0; minute < 3; minute++) {
			expect(await run()).toEqual({ all: 5, orphans: 4, spared: true });
			clock.pass(60);
		}
		expect(told()).toEqual([]);
		expect(log.lines.filter(({ event }) => event === 'orphans_spared')).toHaveLength(3);
		tasks.tasks.delete(arns[0] ?? '');
		expect(await run()).toEqual({ all: 4, orphans: 3, spared: false });
		expect(told().sort()).toEqual(arns.slice(1).sort());
	});

	it('one session that can not be looked at hides no other', async () => {
		const { run, orphan, stored, made, told } = await setUp();
		orphan('stray', { of: { session: made.id, generation: 1 }, family: made.slot.family });
		const arn = orphan('gone');
		stored.put = async () => Promise.reject(new Error('throttled'));
		expect(await run()).toMatchObject({ orphans: 1 });
		expect(told()).toEqual([arn]);
	});

	it('up to three or a tenth are few enough, and never more', () => {
		holds([fc.nat(2_000), fc.nat(2_000)], (orphans, others) => {
			const all = orphans + others;
			expect(fewEnough(orphans, all)).toBe(orphans <= 3 || orphans * 10 <= all);
		});
	});

	it('of any mix of tasks exactly the orphans are stopped, or nothing is', () =>
		holdsAsync([fc.array(fc.constantFrom('orphan', 'foreign', 'ending'), { maxLength: 12 })], async (kinds) => {
			const { run, orphan, foreign, told } = await setUp();
			const lost: string[] = [];
			for (const [index, kind] of kinds.entries()) {
				if (kind === 'orphan') lost.push(orphan(`t${index}`));
				else if (kind === 'foreign') foreign(`t${index}`);
				else orphan(`t${index}`, { desiredStatus: 'STOPPED' });
			}
			const found = await run();
			expect(found?.orphans).toBe(lost.length);
			expect(told().sort()).toEqual(lost.length > 3 ? [] : lost.sort());
		}));
});
