/** What a user may start and make, over time and at the same instant, and the operator's word in it. */
import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { claim, count, uncount } from '@shellpod/functions/core/user-record.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { mostOfALimit } from '@shellpod/protocol/limits.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createControlPlane } from '../support/control-plane.ts';
import { createHttpApi } from '../support/http-api.ts';
import { holds } from '../support/property.ts';
import { at, idle, lease, user } from '../support/session-records.ts';

const refusal = async (promise: Promise<unknown>): Promise<ShellPodError> =>
	promise.then(
		() => expect.fail('it was not refused'),
		(error) => (error instanceof ShellPodError ? error : expect.fail(String(error))),
	);

/** A control plane with a session that is stopped and was created long ago. */
const withStopped = async (options: Parameters<typeof createControlPlane>[0] = {}) => {
	const plane = createControlPlane(options);
	await plane.addSlots(40);
	const { id } = await plane.commands.create(user, 'demo');
	const stop = async () => {
		await plane.commands.stop(user, id);
		plane.tasks.settle();
		plane.clock.pass(5);
		await plane.drive(user, id);
	};
	await stop();
	plane.clock.pass(86_400);
	return { ...plane, id, stop };
};

describe('[security 13] starts per hour', () => {
	test('are refused beyond the limit, with words and the second from which there is room', async () => {
		const { commands, clock, id, stop } = await withStopped({ limits: { startsPerHour: 3 } });
		for (let start = 0; start < 3; start++) {
			await commands.start(user, id);
			clock.pass(595);
			await stop();
		}
		const { code, message, retryAfter } = await refusal(commands.start(user, id));
		expect([code, message]).toEqual(['too_many', 'You can start sessions 3 times an hour. The next one can be in 30 min.']);
		// Three times 600 s since the first.
		expect(retryAfter).toBe(3_600 - 1_800);
		clock.pass((retryAfter ?? 0) - 1);
		expect(await refusal(commands.start(user, id))).toMatchObject({ retryAfter: 1, message: expect.stringContaining('in 1 s.') });
		clock.pass(1);
		expect(await commands.start(user, id)).toMatchObject({ phase: 'starting' });
	});

	test('of many at the same instant exactly as many as the limit go on', async () => {
		const { commands, addSlots, users, slots } = createControlPlane({ limits: { startsPerHour: 3 } });
		await addSlots(9);
		const answers = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => commands.create(user, `one ${index}`)));
		const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []));
		expect(refused).toEqual(Array(5).fill('too_many'));
		expect(await users.get(user)).toMatchObject({ starts: { length: 3 }, creates: { length: 3 } });
		expect(await slots.free(9)).toHaveLength(6);
	});

	test('a restart is one, a start of what runs is none, and what comes back by itself is none', async () => {
		const { commands, users, tasks, stored, clock, drive, id } = await withStopped({ limits: { startsPerHour: 2 } });
		await commands.start(user, id);
		await commands.start(user, id);
		expect((await users.get(user)).starts).toHaveLength(1);
		await commands.restart(user, id);
		await commands.restart(user, id);
		expect((await users.get(user)).starts).toHaveLength(2);
		expect(await refusal(commands.create(user, 'other'))).toMatchObject({ code: 'too_many' });
		tasks.settle();
		clock.pass(5);
		const restarted = (await drive(user, id)) ?? expect.fail();
		const agent = { ...lease(0), generation: restarted.generation, leaseUntil: new Date(clock.now().getTime() + 150_000).toISOString() };
		await stored.put(agentArrived(restarted, agent, clock.now(), idle) ?? expect.fail());
		const arn = restarted.task?.arn ?? expect.fail();
		tasks.tasks.set(arn, { ...(tasks.tasks.get(arn) ?? expect.fail()), lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
		clock.pass(60);
		expect(await drive(user, id)).toMatchObject({ generation: restarted.generation + 1 });
		expect((await users.get(user)).starts).toHaveLength(2);
	});

	test('two that start the same session at once have started it once', async () => {
		const { commands, users, id } = await withStopped();
		const before = (await users.get(user)).starts?.length ?? 0;
		await Promise.all([commands.start(user, id), commands.start(user, id)]);
		expect((await users.get(user)).starts?.filter((start) => Date.parse(start) > Date.parse(at(86_000)))).toHaveLength(1);
		expect(before).toBe(1);
	});

	test('what is not there costs nothing', async () => {
		const { commands, users, id } = await withStopped();
		const stranger = userId('stranger');
		expect(await refusal(commands.start(stranger, id))).toMatchObject({ code: 'not_found' });
		expect((await users.get(stranger)).starts).toBeUndefined();
	});
});

describe('[security 13] sessions made in a day', () => {
	test('making and deleting over and over does not use up the Homes', async () => {
		const { commands, clock, slots, addSlots } = createControlPlane({ limits: { createsPerDay: 4 } });
		await addSlots(30);
		let refused = 0;
		// Every half hour for a day.
		for (let turn = 0; turn < 48; turn++) {
			try {
				const { id } = await commands.create(user, 'again');
				await commands.trash(user, id);
				await commands.remove(user, id, 'again');
			} catch (error) {
				expect(error).toMatchObject({ code: 'too_many', message: expect.stringMatching(/^You can make 4 sessions a day\./) });
				refused++;
			}
			clock.pass(1_799);
		}
		expect(refused).toBe(44);
		expect(await slots.free(50)).toHaveLength(26);
		clock.pass(100);
		expect(await commands.create(user, 'again')).toMatchObject({ name: 'again' });
	});

	test('one that found no Home free is given back', async () => {
		const { commands, users, addSlots } = createControlPlane({ limits: { createsPerDay: 1, startsPerHour: 1 } });
		for (let turn = 0; turn < 3; turn++) expect(await refusal(commands.create(user, 'demo'))).toMatchObject({ code: 'no_slot' });
		expect(await users.get(user)).toMatchObject({ claims: {}, creates: [], starts: [] });
		await addSlots(1);
		await commands.create(user, 'demo');
		expect(await refusal(commands.create(user, 'other'))).toMatchObject({ code: 'too_many' });
	});

	test("the operator's limits of one user stand in for everybody's", async () => {
		const { commands, users, addSlots } = createControlPlane({ limits: { createsPerDay: 1, sessions: 1 } });
		await addSlots(9);
		await users.put({ ...(await users.get(user)), limits: { createsPerDay: 3, sessions: 2 } });
		expect(await commands.limits(user)).toEqual({ sessions: 2, startsPerHour: 30, createsPerDay: 3 });
		await commands.create(user, 'one');
		const two = await commands.create(user, 'two');
		expect(await refusal(commands.create(user, 'three'))).toMatchObject({
			message: 'You can have 2 sessions, the trash included. Delete one, and then for good in the trash, to make another.',
		});
		await commands.trash(user, two.id);
		expect(await refusal(commands.create(user, 'three'))).toMatchObject({
			message: 'You can have 2 sessions, the trash included. Delete one in the trash for good to make another.',
		});
		await commands.remove(user, two.id, 'two');
		await commands.create(user, 'three');
		await users.put({ ...(await users.get(user)), limits: { startsPerHour: 0 } });
		const none = await refusal(commands.restart(user, (await commands.list(user)).sessions[0]?.id ?? expect.fail()));
		expect(none).toMatchObject({ message: 'You can start sessions 0 times an hour. Ask the operator.', retryAfter: 3_600 });
	});

	test.each([
		[{ sessions: 1 }, 'You can have 1 session, the trash included. Delete one, and then for good in the trash, to make another.'],
		[{ createsPerDay: 1 }, 'You can make 1 session a day. The next one can be in 24 h.'],
		[{ startsPerHour: 1 }, 'You can start sessions once an hour. The next one can be in 60 min.'],
	])('one is one: %j', async (limits, message) => {
		const { commands, addSlots } = createControlPlane({ limits });
		await addSlots(2);
		await commands.create(user, 'one');
		expect(await refusal(commands.create(user, 'two'))).toMatchObject({ message });
	});

	test('who may have none is sent to the operator', async () => {
		const { commands, users } = createControlPlane();
		await users.put({ ...(await users.get(user)), limits: { sessions: 0 } });
		expect(await refusal(commands.create(user, 'one'))).toMatchObject({ message: 'You can have 0 sessions. Ask the operator.' });
	});
});

test('counting allows, in each hour that one looks at, as many as the limit and refuses none before', () => {
	holds([fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 60 }), fc.integer({ min: 1, max: 6 })], (pauses, most) => {
		const limits = { sessions: 1, startsPerHour: most, createsPerDay: 1 };
		let record: Parameters<typeof count>[0] = { user, claims: {}, rev: 0 };
		const went: number[] = [];
		let now = 0;
		for (const pause of pauses) {
			now += pause;
			const lately = went.filter((then) => then > now - 3_600);
			try {
				record = count(record, 'starts', limits, at(now));
				expect(lately.length).toBeLessThan(most);
				went.push(now);
			} catch (error) {
				const { retryAfter = 0 } = error as ShellPodError;
				expect(lately).toHaveLength(most);
				// Exact: refused until then, and not any longer.
				expect(() => count(record, 'starts', limits, at(now + retryAfter - 1))).toThrow(ShellPodError);
				expect(count(record, 'starts', limits, at(now + retryAfter)).starts).toHaveLength(
					went.filter((then) => then > now + retryAfter - 3_600).length + 1,
				);
			}
			expect(record.starts?.length ?? 0).toBeLessThanOrEqual(most);
		}
		expect(uncount(count(record, 'creates', limits, at(now)), 'creates', at(now)).creates).toEqual([]);
	});
});

describe("[security 18] the operator's switch", () => {
	const off = { at: at(0), by: 'ada', why: 'The machines are being moved until 14:00 UTC.' };

	test('lets nobody create, start or restart, and says why; what runs goes on', async () => {
		const { commands, startSwitch, users, tasks, id } = await withStopped();
		const running = await commands.create(user, 'running');
		const before = await users.get(user);
		await startSwitch.turnOff(off);
		tasks.asked.length = 0;
		for (const act of [() => commands.create(user, 'new'), () => commands.start(user, id), () => commands.restart(user, running.id)])
			expect(await refusal(act())).toMatchObject({
				code: 'starts_off',
				message: 'The operator says: The machines are being moved until 14:00 UTC.',
				retryAfter: 300,
			});
		expect(tasks.asked).toEqual([]);
		expect(await users.get(user)).toEqual(before);
		expect(await commands.start(user, running.id)).toMatchObject({ desired: { state: 'running' } });
		expect(await commands.stop(user, running.id)).toMatchObject({ phase: 'stopping' });
		await startSwitch.turnOn();
		expect(await commands.start(user, id)).toMatchObject({ desired: { state: 'running' } });
	});

	test('is a 503 with Retry-After to the page, and a limit is a 429 with it', async () => {
		const { ask, addSlots, startSwitch } = createHttpApi({ limits: { createsPerDay: 1 } });
		await addSlots(2);
		const create = (name: string) => ask({ method: 'POST', path: '/api/sessions', body: { name } });
		await create('one');
		expect(await create('two')).toMatchObject({ status: 429, headers: { 'retry-after': '86400' } });
		await startSwitch.turnOff(off);
		const refused = await create('two');
		expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '300' } });
		expect(refused.json()).toMatchObject({ code: 'starts_off', detail: expect.stringContaining(off.why) });
	});
});

test('a user who may have as much of everything as anybody can has an item far below the 400 KB of one', () => {
	const limits = { sessions: mostOfALimit, startsPerHour: mostOfALimit, createsPerDay: mostOfALimit };
	let record: Parameters<typeof count>[0] = { user, claims: {}, rev: 0 };
	for (let one = 0; one < mostOfALimit; one++) {
		const id = sessionId([...`${one}`.padStart(12, '0')].map((digit) => 'abcdefghij'[Number(digit)]).join(''));
		record = claim(record, id, `${one}`.padEnd(40, 'x'), limits.sessions, at(0));
		record = count(count(record, 'creates', limits, at(0)), 'starts', limits, at(0));
	}
	expect(Buffer.byteLength(JSON.stringify(record))).toBeLessThan(200_000);
});
