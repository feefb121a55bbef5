import { describe, expect, it } from 'vitest';
import { createFunctionMachine } from '../../../local/lambda/machine.ts';

const limits = { maxEnvironments: 2, maxQueued: 2, timeoutMs: 3_000, initMs: 10_000, idleMs: 60_000 };
const done = { kind: 'success', payload: '1' } as const;

describe('environments', () => {
	it('[aws-B1a] start on demand, take one event at a time, and are used again', () => {
		const machine = createFunctionMachine(limits);
		expect(machine.step({ type: 'invoke', invocation: 'a' }, 0)).toEqual([{ type: 'start', environment: 1 }]);
		expect(machine.step({ type: 'ready', environment: 1 }, 10)).toEqual([{ type: 'run', environment: 1, invocation: 'a', deadline: 3_010 }]);
		expect(machine.step({ type: 'invoke', invocation: 'b' }, 20)).toEqual([{ type: 'start', environment: 2 }]);
		// whoever is free first takes what waits
		expect(machine.step({ type: 'settled', environment: 1, outcome: done }, 30)).toEqual([
			{ type: 'answer', invocation: 'a', outcome: done },
			{ type: 'run', environment: 1, invocation: 'b', deadline: 3_030 },
		]);
		expect(machine.step({ type: 'ready', environment: 2 }, 40)).toEqual([]);
		expect(machine.step({ type: 'invoke', invocation: 'c' }, 50)).toEqual([{ type: 'run', environment: 2, invocation: 'c', deadline: 3_050 }]);
	});

	it('[aws-B2a] are at most so many, then events wait, then they are throttled', () => {
		const machine = createFunctionMachine(limits);
		for (const invocation of ['a', 'b']) machine.step({ type: 'invoke', invocation }, 0);
		for (const environment of [1, 2]) machine.step({ type: 'ready', environment }, 0);
		for (const invocation of ['c', 'd']) expect(machine.step({ type: 'invoke', invocation }, 0)).toEqual([]);
		expect(machine.step({ type: 'invoke', invocation: 'e' }, 0)).toEqual([{ type: 'answer', invocation: 'e', outcome: { kind: 'throttled' } }]);
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
			{ type: 'start', environment: 2 },
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
