import { describe, expect, it } from 'vitest';
import { createFaultPlan, noPlan } from '../../../local/faults/faults.ts';
import { parseFaults, parseSeed } from '../../../local/faults/parse.ts';

const settings = parseFaults('reorder=20%,drop=50%,delay=50..300ms,cut=30s');

describe('what --faults says', () => {
	it('is read as shares and ranges; one time is a mean', () => {
		expect(parseFaults('reorder=20%,drop=0.5%, delay=50..300ms ,cut=30s')).toEqual({
			chances: { reorder: 0.2, drop: 0.005 },
			durations: { delay: [50, 300], cut: [0, 60_000] },
			counts: {},
		});
	});

	it.each([
		['', 'no fault (none)'],
		['reoder=20%', 'no fault reoder; there are reorder, drop'],
		['constructor=20%', 'no fault constructor'],
		['drop', 'drop wants a percentage from 0% to 100%'],
		['drop=5', 'drop wants a percentage from 0% to 100%, not 5'],
		['drop=101%', 'not 101%'],
		['drop=-1%', 'not -1%'],
		['drop=5%,drop=6%', 'drop is there twice'],
		['delay=50', 'delay wants a time such as 30s or 50..300ms, not 50'],
		['delay=300..50ms', 'the smaller time first'],
		['drop=5%,', 'no fault (none)'],
		['lambda-concurrency=10%', 'lambda-concurrency wants a whole number such as 10, not 10%'],
		['lambda-concurrency=0', 'not 0'],
	])('is refused with what is wrong: %j', (text, message) => {
		expect(() => parseFaults(text)).toThrow(message);
	});

	it('may be a number', () => {
		const counted = parseFaults('lambda-concurrency=10');
		expect(createFaultPlan(1, counted).of('lambda').count('lambda-concurrency')).toBe(10);
		expect(noPlan.of('lambda').count('lambda-concurrency')).toBeUndefined();
	});

	it('has a seed that is a whole number', () => {
		expect(parseSeed('42')).toBe(42);
		for (const text of ['', '-1', '1.5', '4294967296', 'x']) expect(() => parseSeed(text)).toThrow('--seed wants a whole number');
	});
});

describe('a plan', () => {
	const draw = (seed: number, asked: (faults: ReturnType<typeof noPlan.of>) => unknown, service = 'gateway') => {
		const faults = createFaultPlan(seed, settings).of(service);
		return Array.from({ length: 40 }, () => asked(faults));
	};

	it('is repeated by its seed, and another seed is another', () => {
		const asked = (faults: ReturnType<typeof noPlan.of>) => [faults.happens('reorder'), faults.ms('delay'), faults.choose('x', [1, 2, 3])];
		expect(draw(7, asked)).toEqual(draw(7, asked));
		expect(draw(7, asked)).not.toEqual(draw(8, asked));
		expect(draw(7, asked)).not.toEqual(draw(7, asked, 'lambda'));
	});

	it('has a stream for each fault: to ask for more of one does not change another', () => {
		const alone = draw(7, (faults) => faults.happens('drop'));
		const among = draw(7, (faults) => {
			faults.happens('reorder');
			faults.ms('delay');
			faults.choose('drop', [1, 2]);
			return faults.happens('drop');
		});
		expect(among).toEqual(alone);
	});

	it('happens as often as it was asked for, and takes as long', () => {
		const faults = createFaultPlan(1, settings).of('gateway');
		const many = Array.from({ length: 10_000 }, () => faults.happens('reorder')).filter(Boolean).length;
		expect(many).toBeGreaterThan(1_800);
		expect(many).toBeLessThan(2_200);
		const times = Array.from({ length: 1_000 }, () => faults.ms('delay') ?? 0);
		expect(Math.min(...times)).toBeGreaterThanOrEqual(50);
		expect(Math.max(...times)).toBeLessThanOrEqual(300);
		const spread = Array.from({ length: 1_000 }, () => faults.spread('disconnect-late', 100, 10_000));
		expect(spread.filter((one) => one < 1_000).length).toBeGreaterThan(400);
		expect(spread.filter((one) => one < 1_000).length).toBeLessThan(600);
	});

	it('does nothing that was not asked for; without one every assumption holds', () => {
		const faults = createFaultPlan(1, settings).of('gateway');
		expect([faults.happens('dup'), createFaultPlan(1, { chances: {}, durations: {}, counts: {} }).of('gateway').ms('cut')]).toEqual([
			false,
			undefined,
		]);
		const none = noPlan.of('gateway');
		expect([none.happens('drop'), none.ms('cut'), none.choose('x', ['first', 'second'])]).toEqual([false, undefined, 'first']);
	});
});
