/** The kernel by itself: time, chance, order, hangs; and that a whole world is told the same twice. */
import { describe, expect, it } from 'vitest';
import { createKernel } from './kernel/kernel.ts';
import { createLife } from './kernel/life.ts';
import { runSeed } from './run/run-seed.ts';
import { lifecycle } from './scenarios/lifecycle.ts';
import { relay } from './scenarios/relay.ts';
import { scenarios } from './scenarios/scenarios.ts';

const never = new Promise<never>(() => undefined);

describe('the kernel', () => {
	it('runs what is planned by its time, and passes the time in between at once', async () => {
		const kernel = createKernel({ seed: 1 });
		const order: string[] = [];
		await kernel.run(async () => {
			kernel.after(3_600_000, 'late', () => order.push('late'));
			kernel.after(5, 'early', () => order.push('early'));
			kernel.after(7, 'taken back', () => order.push('never'))();
			await kernel.sleep(3_600_001);
		});
		expect(order).toEqual(['early', 'late']);
		expect(kernel.passed).toBe(3_600_001);
	});

	it('lets everything that only waits for promises happen before time goes on', async () => {
		const kernel = createKernel({ seed: 1 });
		let seen = -1;
		await kernel.run(async () => {
			const long = async (): Promise<number> => {
				for (let turn = 0; turn < 1_000; turn++) await undefined;
				return kernel.passed;
			};
			kernel.after(10, 'begins', () => void long().then((at) => (seen = at)));
			await kernel.sleep(11);
		});
		expect(seen).toBe(10);
	});

	it('orders what is due at one instant by the seed', async () => {
		const orderOf = async (seed: number): Promise<string> => {
			const kernel = createKernel({ seed });
			let order = '';
			await kernel.run(async () => {
				for (const one of 'abcdef') kernel.after(5, one, () => (order += one));
				await kernel.sleep(6);
			});
			return order;
		};
		const orders = await Promise.all([1, 2, 3, 4, 5].map(orderOf));
		expect(new Set(orders).size).toBeGreaterThan(1);
		expect(await orderOf(1)).toBe(orders[0]);
	});

	it('says what waits when nothing is planned any more', async () => {
		const kernel = createKernel({ seed: 1 });
		const story = kernel.run(() => kernel.waiting('the answer of nobody', never));
		await expect(story).rejects.toThrow(/^stalled: .*the answer of nobody/);
	});

	it('ends what never ends, by steps and by time', async () => {
		const forever = async (kernel: ReturnType<typeof createKernel>): Promise<void> => {
			for (;;) await kernel.sleep(1_000);
		};
		const short = createKernel({ seed: 1, maxSteps: 100 });
		await expect(short.run(() => forever(short))).rejects.toThrow(/^endless: 100 steps/);
		const hour = createKernel({ seed: 1, maxMs: 3_600_000 });
		await expect(hour.run(() => forever(hour))).rejects.toThrow(/^endless: 1 h/);
	});

	it('checks after every step, and ends at the first that is broken, with the last lines of its trace', async () => {
		const kernel = createKernel({ seed: 1 });
		let value = 0;
		kernel.check(() => value > 2 && kernel.violated('S0', `it is ${value}`));
		const story = kernel.run(async () => {
			for (;;) {
				await kernel.sleep(1);
				value += 1;
			}
		});
		await expect(story).rejects.toThrow('S0: it is 3');
		expect(kernel.lastLines().at(-1)).toContain('VIOLATED S0: it is 3');
	});

	it('ends with what a planned action throws', async () => {
		const kernel = createKernel({ seed: 1 });
		const story = kernel.run(async () => {
			kernel.after(1, 'the bad one', () => {
				throw new Error('no');
			});
			await kernel.sleep(2);
		});
		await expect(story).rejects.toThrow('threw: the bad one: no');
	});

	it('keeps streams of chance apart: one that draws more changes no other', async () => {
		const draws = (extra: number): number[] => {
			const kernel = createKernel({ seed: 7 });
			for (let one = 0; one < extra; one++) kernel.random('b').next();
			return [kernel.random('a').next(), kernel.random('a').next()];
		};
		expect(draws(0)).toEqual(draws(5));
	});
});

describe('a life', () => {
	it('takes all that it planned along when it ends, and nobody waits in it any more', async () => {
		const kernel = createKernel({ seed: 1 });
		const happened: string[] = [];
		await kernel.run(async () => {
			const life = createLife(kernel, 'one');
			life.whenEnded(() => happened.push('ended'));
			life.after(10, () => happened.push('timer'));
			void life.living(kernel.sleep(10)).then(() => happened.push('promise'));
			kernel.after(5, 'its end', life.end);
			await kernel.sleep(20);
			life.after(1, () => happened.push('afterwards'));
			await kernel.sleep(20);
		});
		expect(happened).toEqual(['ended']);
	});
});

describe('a whole world', () => {
	it.each([
		[lifecycle, 3],
		[relay, 3],
	])('is told the same twice, byte for byte: $name', async (scenario, seed) => {
		const lines: string[][] = [[], []];
		const [first, second] = [
			await runSeed(scenario, seed, { onLine: (line) => void lines[0]?.push(line) }),
			await runSeed(scenario, seed, { onLine: (line) => void lines[1]?.push(line) }),
		];
		expect(first.hash).toBe(second.hash);
		expect(first.steps).toBeGreaterThan(300);
		expect(lines[0]).toEqual(lines[1]);
		expect((await runSeed(scenario, seed + 1)).hash).not.toBe(first.hash);
	});

	it('has a name of its own for each scenario', () => {
		expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
	});
});
