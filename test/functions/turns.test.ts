import { takeTurn } from '@shellpod/functions/core/turns.ts';
import { describe, expect, it } from 'vitest';
import { createInMemoryLeases } from '../support/in-memory-table.ts';
import { createLogLines } from '../support/scripted-tasks.ts';
import { dateAt } from '../support/session-records.ts';

/** Runs that compete for one turn, on one clock that goes on while one of them waits. */
const setUp = () => {
	let seconds = 0;
	const leases = createInMemoryLeases();
	const log = createLogLines();
	/** what happens each time that somebody has waited */
	const meanwhile: (() => Promise<unknown>)[] = [];
	const take = (holder: string) =>
		takeTurn(
			{
				leases,
				log,
				now: () => dateAt(seconds),
				wait: async (ms) => {
					seconds += ms / 1_000;
					for (const happens of meanwhile) await happens();
				},
				holder,
			},
			'sweep',
		);
	const taken = async (holder: string) => (await take(holder)) ?? expect.fail(`${holder} got no turn`);
	const pass = (more: number): void => {
		seconds += more;
	};
	return { leases, log, meanwhile, take, taken, pass, elapsed: () => seconds };
};

describe('[16] a turn', () => {
	it('is one run’s as long as it is kept, and another goes away', async () => {
		const { taken, take, meanwhile, elapsed } = setUp();
		const turn = await taken('first');
		meanwhile.push(turn.keep);
		expect(await take('second')).toBeUndefined();
		expect(elapsed()).toBeLessThanOrEqual(16);
		expect(await turn.keep()).toBe(true);
	});

	it('is the next one’s at once when it was given back', async () => {
		const { taken, elapsed } = setUp();
		await (await taken('first')).end();
		await taken('second');
		expect(elapsed()).toBe(0);
	});

	it('is the next one’s 12 s after the last word of one that was killed, however late that said it', async () => {
		for (const last of [0, 11, 44]) {
			const { taken, pass, elapsed } = setUp();
			const killed = await taken('killed');
			for (let second = 0; second < last; second++) {
				pass(1);
				await killed.keep();
			}
			await taken('next');
			expect(elapsed() - last).toBeLessThanOrEqual(12);
			expect([await killed.keep(), await killed.rest(1)]).toEqual([false, false]);
		}
	});

	it('is kept while its holder rests, for longer than a turn lasts', async () => {
		const { taken, leases, meanwhile, elapsed } = setUp();
		const turn = await taken('first');
		meanwhile.push(async () => expect(await leases.take('sweep', 'greedy', dateAt(elapsed()).toISOString(), dateAt(600).toISOString())).toBe(false));
		expect(await turn.rest(40_000)).toBe(true);
		expect(elapsed()).toBe(40);
	});

	it('asks the table once in 4 s, however many ask whether to go on', async () => {
		const { taken, leases, pass } = setUp();
		const turn = await taken('first');
		let asked = 0;
		const { take } = leases;
		leases.take = (...how) => {
			asked++;
			return take(...how);
		};
		for (let second = 0; second < 12; second++) {
			pass(1);
			await Promise.all([turn.keep(), turn.keep(), turn.keep()]);
		}
		expect(asked).toBe(3);
	});

	it('lasts to its end when the table fails to renew it, and no longer', async () => {
		const { taken, leases, pass, log } = setUp();
		const turn = await taken('first');
		const { take } = leases;
		leases.take = async () => Promise.reject(new Error('throttled'));
		pass(5);
		expect(await turn.keep()).toBe(true);
		leases.take = take;
		expect(await turn.keep()).toBe(true);
		leases.take = async () => Promise.reject(new Error('throttled'));
		pass(12);
		expect(await turn.keep()).toBe(false);
		expect(log.lines.map(({ event }) => event)).toEqual(['turn_not_renewed', 'turn_not_renewed']);
	});

	it('is not given back by a run that has lost it, and not taken again', async () => {
		const { taken, pass } = setUp();
		const slow = await taken('slow');
		pass(12);
		const next = await taken('next');
		expect(await slow.keep()).toBe(false);
		await slow.end();
		expect(await next.keep()).toBe(true);
		await next.end();
		expect(await slow.keep()).toBe(false);
	});
});
