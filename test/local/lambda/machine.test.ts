import { describe, expect, it } from 'vitest';
import { type Faults, noFaults } from '../../../local/faults/faults.ts';
import { answerOf } from '../../../local/http-api/event.ts';
import { createConcurrency } from '../../../local/lambda/concurrency.ts';
import { createFunctionMachine } from '../../../local/lambda/machine.ts';

const limits = { maxEnvironments: 2, timeoutMs: 3_000, initMs: 10_000, idleMs: 60_000 };
const started = (environment: number) => ({ type: 'start', environment, coldMs: 0, skewMs: 0 });
const throttled = (invocation: string) => [{ type: 'answer', invocation, outcome: { kind: 'throttled' } }];
const done = { kind: 'success', payload: '1' } as const;

describe('environments', () => {
	it('[aws-B1a] start on demand, take one event at a time, and are used again', () => {
		const machine = createFunctionMachine(limits);
		expect(machine.step({ type: 'invoke', invocation: 'a' }, 0)).toEqual([started(1)]);
		expect(machine.step({ type: 'ready', environment: 1 }, 10)).toEqual([{ type: 'run', environment: 1, invocation: 'a', deadline: 3_010 }]);
		expect(machine.step({ type: 'invoke', invocation: 'b' }, 20)).toEqual([started(2)]);
		// whoever is free first takes what waits
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 30)).toEqual([
			{ type: 'answer', invocation: 'a', outcome: done },
			{ type: 'run', environment: 1, invocation: 'b', deadline: 3_030 },
		]);
		expect(machine.step({ type: 'ready', environment: 2 }, 40)).toEqual([]);
		expect(machine.step({ type: 'invoke', invocation: 'c' }, 50)).toEqual([{ type: 'run', environment: 2, invocation: 'c', deadline: 3_050 }]);
	});

	it('that this machine has no room for are waited for', () => {
		const machine = createFunctionMachine(limits);
		for (const invocation of ['a', 'b']) machine.step({ type: 'invoke', invocation }, 0);
		for (const environment of [1, 2]) machine.step({ type: 'ready', environment }, 0);
		for (const invocation of ['c', 'd', 'e']) expect(machine.step({ type: 'invoke', invocation }, 0)).toEqual([]);
		expect(machine.step({ type: 'settled', environment: 2, outcome: done }, 1)).toMatchObject([
			{ invocation: 'b' },
			{ type: 'run', invocation: 'c' },
		]);
	});

	it('are killed at the timeout, and what they say afterwards counts for nothing', () => {
		const machine = createFunctionMachine(limits);
		machine.step({ type: 'invoke', invocation: 'a' }, 0);
		machine.step({ type: 'ready', environment: 1 }, 0);
		expect(machine.step({ type: 'tick' }, 2_999)).toEqual([]);
		expect(machine.step({ type: 'tick' }, 3_000)).toMatchObject([
			{ type: 'kill', environment: 1 },
			{ type: 'answer', invocation: 'a', outcome: { kind: 'timeout' } },
		]);
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 3_001)).toEqual([]);
	});

	it('that end answer who waits, and a new one starts for who is left', () => {
		const machine = createFunctionMachine({ ...limits, maxEnvironments: 1 });
		machine.step({ type: 'invoke', invocation: 'a' }, 0);
		machine.step({ type: 'invoke', invocation: 'b' }, 0);
		const error = { errorType: 'Runtime.ExitError', errorMessage: 'gone' };
		expect(machine.step({ type: 'exited', environment: 1, error }, 5)).toEqual([
			{ type: 'answer', invocation: 'a', outcome: { kind: 'failure', error } },
			started(2),
		]);
		expect(machine.step({ type: 'tick' }, 10_005)).toMatchObject([
			{ type: 'kill', environment: 2 },
			{ type: 'answer', invocation: 'b', outcome: { kind: 'failure', error: { errorType: 'Sandbox.Timedout' } } },
		]);
	});

	it('that are idle for long end, but for the last', () => {
		const machine = createFunctionMachine(limits);
		for (const invocation of ['a', 'b']) machine.step({ type: 'invoke', invocation }, 0);
		for (const environment of [1, 2]) machine.step({ type: 'ready', environment }, 0);
		machine.step({ type: 'settled', environment: 1, outcome: done }, 10);
		machine.step({ type: 'settled', environment: 2, outcome: done }, 20);
		expect(machine.step({ type: 'tick' }, 60_009)).toEqual([]);
		expect(machine.step({ type: 'tick' }, 120_000)).toEqual([{ type: 'kill', environment: 1 }]);
		expect(machine.count('idle')).toBe(1);
	});
});

const faultsThat = (faults: Partial<Faults>): Faults => ({ ...noFaults, ...faults });
const invokeAll = (machine: ReturnType<typeof createFunctionMachine>, count: number, now: number, name = 'i') =>
	Array.from({ length: count }, (_, at) => machine.step({ type: 'invoke', invocation: `${name}${at}` }, now)).flat();
const many = { ...limits, maxEnvironments: 5_000 };

describe('what an account may run at once', () => {
	it('[aws-B2a] is capped, and so is what a function has reserved; what is over it is throttled, and an end makes room', () => {
		const account = createConcurrency(10);
		const [one, other] = [0, 0].map(() => createFunctionMachine({ ...many, share: account.share() }));
		if (!one || !other) throw new Error('no machines');
		invokeAll(one, 6, 0);
		expect(invokeAll(other, 5, 0).map(({ type }) => type)).toEqual(['start', 'start', 'start', 'start', 'answer']);
		expect(one.step({ type: 'invoke', invocation: 'over' }, 0)).toEqual(throttled('over'));
		one.step({ type: 'ready', environment: 1 }, 1);
		one.step({ type: 'settled', environment: 1, outcome: done }, 2);
		expect(other.step({ type: 'invoke', invocation: 'more' }, 3)).toMatchObject([{ type: 'start' }]);
		// idle environments don't count, a free one doesn't help
		expect(one.step({ type: 'invoke', invocation: 'again' }, 3)).toEqual(throttled('again'));

		const big = createConcurrency(1_000);
		const reserved = createFunctionMachine({ ...many, share: big.share(30) });
		const rest = createFunctionMachine({ ...many, share: big.share() });
		expect(invokeAll(reserved, 31, 0).filter(({ type }) => type === 'answer')).toEqual(throttled('i30'));
		expect(invokeAll(rest, 971, 0).filter(({ type }) => type === 'answer')).toEqual(throttled('i970'));
	});

	it('[aws-B2b] grows by 1,000 environments of a function at once, then by 100 a second', () => {
		const machine = createFunctionMachine({ ...many, share: createConcurrency(3_000).share() });
		expect(invokeAll(machine, 1_001, 0).filter(({ type }) => type === 'answer')).toEqual(throttled('i1000'));
		expect(invokeAll(machine, 101, 1_000, 'later').filter(({ type }) => type === 'answer')).toEqual(throttled('later100'));
		expect(invokeAll(machine, 1_001, 60_000, 'last').filter(({ type }) => type === 'answer')).toEqual(throttled('last1000'));
	});

	it('[aws-B2f] takes ten times as many requests a second', () => {
		const machine = createFunctionMachine({ ...limits, share: createConcurrency(10).share() });
		machine.step({ type: 'invoke', invocation: 'a' }, 0);
		machine.step({ type: 'ready', environment: 1 }, 0);
		machine.step({ type: 'settled', environment: 1, outcome: done }, 0);
		let ran = 1;
		while (machine.step({ type: 'invoke', invocation: 'b' }, 1).some(({ type }) => type === 'run')) {
			ran += 1;
			machine.step({ type: 'settled', environment: 1, outcome: done }, 1);
		}
		expect(ran).toBe(100);
		expect(machine.step({ type: 'invoke', invocation: 'c' }, 101)).toMatchObject([{ type: 'run' }]);
	});

	it('[aws-B2g] must leave 100 that nobody has reserved, in a new account all', () => {
		const account = createConcurrency(1_000);
		account.share(500);
		account.share(400);
		expect(() => account.share(1)).toThrow('below its minimum value of [100]');
		expect(() => createConcurrency(10).share(1)).toThrow("decreases account's UnreservedConcurrentExecution below its minimum value of [10]");
	});

	it('[aws-B2i] throttled, the HTTP API answers 503', () => {
		expect(answerOf({ kind: 'throttled' }, 'r')).toMatchObject({ status: 503, body: Buffer.from('{"message":"Service Unavailable"}') });
	});
});

describe('when things go wrong', () => {
	it('[aws-B4a] a start is cold: 150 to 500 ms, one in a hundred up to a second', () => {
		const coldAt = (place: number): number => {
			const faults = faultsThat({ happens: (name) => name === 'cold-start', between: (_, low, high) => low + place * (high - low) });
			const [effect] = createFunctionMachine({ ...limits, faults }).step({ type: 'invoke', invocation: 'a' }, 0);
			return effect?.type === 'start' ? effect.coldMs : Number.NaN;
		};
		expect([0, 0.5, 0.99, 1].map(coldAt).map(Math.round)).toEqual([150, 327, 500, 1_000]);
	});

	it('[aws-B4b] an environment ends after an event, and what waits gets another', () => {
		const machine = createFunctionMachine({ ...limits, maxEnvironments: 1, faults: faultsThat({ happens: (name) => name === 'recycle' }) });
		for (const invocation of ['a', 'b']) machine.step({ type: 'invoke', invocation }, 0);
		machine.step({ type: 'ready', environment: 1 }, 0);
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 1)).toEqual([
			{ type: 'kill', environment: 1 },
			{ type: 'answer', invocation: 'a', outcome: done },
			started(2),
		]);
	});

	it('[aws-B4h] an environment dies when the work is done: the caller hears of a failure, and of one only', () => {
		const machine = createFunctionMachine({ ...limits, faults: faultsThat({ happens: (name) => name === 'crash' }) });
		machine.step({ type: 'invoke', invocation: 'a' }, 0);
		machine.step({ type: 'ready', environment: 1 }, 0);
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 1)).toMatchObject([
			{ type: 'kill', environment: 1 },
			{ type: 'answer', invocation: 'a', outcome: { kind: 'failure', error: { errorType: 'Runtime.ExitError' } } },
		]);
		expect(machine.step({ type: 'exited', environment: 1, error: { errorType: 'x', errorMessage: '' } }, 2)).toEqual([]);
	});

	it('[aws-B1c] an event waits for the environment that starts for it, though another is free', () => {
		const machine = createFunctionMachine({ ...limits, faults: faultsThat({ choose: (_, ways) => ways.at(-1) ?? ways[0] }) });
		for (const invocation of ['a', 'b']) machine.step({ type: 'invoke', invocation }, 0);
		machine.step({ type: 'ready', environment: 1 }, 1);
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 2)).toEqual([{ type: 'answer', invocation: 'a', outcome: done }]);
		expect(machine.step({ type: 'ready', environment: 2 }, 3)).toMatchObject([{ type: 'run', environment: 2, invocation: 'b' }]);
		const error = { errorType: 'Runtime.ExitError', errorMessage: 'gone' };
		const dies = createFunctionMachine({ ...limits, faults: faultsThat({ choose: (_, ways) => ways.at(-1) ?? ways[0] }) });
		for (const invocation of ['a', 'b']) dies.step({ type: 'invoke', invocation }, 0);
		expect(dies.step({ type: 'exited', environment: 2, error }, 3)).toEqual([
			{ type: 'answer', invocation: 'b', outcome: { kind: 'failure', error } },
		]);
	});
});
