import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Faults, noFaults } from '../../../local/faults/faults.ts';
import { createFunctions } from '../../../local/lambda/functions.ts';
import { createMeters } from '../../../local/meters/meters.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A function whose code is this text. */
const functionOf = (
	code: string,
	options: { timeoutMs?: number; env?: Record<string, string>; maxEnvironments?: number; memoryMb?: number; faults?: Partial<Faults> } = {},
) => {
	const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
	mkdirSync(join(folder, 'code'));
	writeFileSync(join(folder, 'code', 'index.mjs'), code);
	const meters = createMeters();
	const functions = createFunctions({ logFolder: folder, now: Date.now, log: () => {}, meters, faults: { ...noFaults, ...options.faults } });
	const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
	functions.add({
		name: 'f',
		arn,
		folder: join(folder, 'code'),
		handler: 'index.handler',
		env: options.env ?? {},
		memoryMb: options.memoryMb ?? 128,
		timeoutMs: options.timeoutMs ?? 3_000,
		maxEnvironments: options.maxEnvironments ?? 4,
	});
	cleanups.push(
		() => rmSync(folder, { recursive: true }),
		() => functions.stop(),
	);
	return { invoke: (event: unknown) => functions.invoke(arn, JSON.stringify(event)), logFile: join(folder, 'f.log'), functions, meters };
};

describe('a function', () => {
	it('gets its event and its own environment, and answers with JSON', async () => {
		const { invoke } = functionOf('export const handler = async (event, context) => ({ event, name: context.functionName, env: process.env });', {
			env: { COLOUR: 'green' },
		});
		expect(await invoke({ a: 1 })).toEqual({ kind: 'success', payload: JSON.stringify({ event: { a: 1 }, name: 'f', env: { COLOUR: 'green' } }) });
	});

	it('[aws-A18d] is charged for its events and their time, and for the start of its environment', async () => {
		const { invoke, meters } = functionOf(`await new Promise((done) => setTimeout(done, 30));
			export const handler = () => new Promise((done) => setTimeout(done, 20));`);
		await invoke({});
		const gigabyteSeconds = meters.read(0)['function GB-seconds'];
		expect(gigabyteSeconds).toBeGreaterThanOrEqual(0.048 * 0.125);
		await invoke({});
		const { 'function invocations': invocations, 'function GB-seconds': more } = meters.read(0);
		expect(invocations).toBe(2);
		expect(more - gigabyteSeconds).toBeGreaterThanOrEqual(0.019 * 0.125);
	});

	it('[aws-B3] keeps module state between events of one environment, and not between environments', async () => {
		const { invoke, logFile } = functionOf(`import { appendFileSync, readFileSync } from 'node:fs';
			let count = 0;
			export const handler = async (event) => {
				count += 1;
				const mine = count;
				if (!event.meet) return mine;
				appendFileSync(event.meet, 'x');
				while (readFileSync(event.meet, 'utf8').length < 2) await new Promise((r) => setTimeout(r, 2));
				return mine;
			};`);
		expect(await invoke({})).toMatchObject({ payload: '1' });
		expect(await invoke({})).toMatchObject({ payload: '2' });
		const meet = `${logFile}.meet`;
		const both = await Promise.all([invoke({ meet }), invoke({ meet })]);
		expect(both.map((one) => one.kind === 'success' && one.payload).sort()).toEqual(['1', '3']);
	});

	it('[aws-B1b] is frozen when its promise has settled: what it left behind goes on only with the next event', async () => {
		const { invoke } = functionOf(`let ticks = 0; let started = false;
			export const handler = async () => {
				if (!started) { started = true; setInterval(() => { ticks += 1; }, 5); return 'started'; }
				const before = ticks;
				while (ticks < 4) await new Promise((r) => setImmediate(r));
				return { before, after: ticks };
			};`);
		await invoke({});
		// Another environment's timer, as quick, goes on meanwhile: the frozen one has had the same time.
		const other = functionOf(`export const handler = () => new Promise((r) => {
			let ticks = 0;
			const timer = setInterval(() => { ticks += 1; if (ticks === 30) { clearInterval(timer); r(); } }, 5);
		});`);
		await other.invoke({});
		const outcome = await invoke({});
		expect(outcome.kind).toBe('success');
		const { before, after } = JSON.parse(outcome.kind === 'success' ? outcome.payload : '{}') as { before: number; after: number };
		expect(before).toBe(0);
		expect(after).toBeGreaterThan(3);
	});

	it('[aws-B2c] is killed at its timeout, even in a busy loop, and the next event gets a new environment', async () => {
		const { invoke } = functionOf('export const handler = async (event) => { while (event.hang); return "fine"; };', { timeoutMs: 300 });
		expect(await invoke({ hang: true })).toMatchObject({
			kind: 'timeout',
			error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 0.30 seconds' },
		});
		expect(await invoke({})).toMatchObject({ kind: 'success', payload: '"fine"' });
	});

	it('reports what the handler throws, and writes it to the log', async () => {
		const { invoke, logFile } = functionOf('export const handler = async () => { console.log("hello log"); throw new RangeError("too far"); };');
		expect(await invoke({})).toMatchObject({ kind: 'failure', error: { errorType: 'RangeError', errorMessage: 'too far' } });
		expect(readFileSync(logFile, 'utf8')).toMatch(/hello log\n[\s\S]*too far/);
	});

	it('reports a module that throws a handler that is missing, and one with a callback', async () => {
		expect(await functionOf('throw new Error("no config");').invoke({})).toMatchObject({ kind: 'failure', error: { errorMessage: 'no config' } });
		expect(await functionOf('export const other = 1;').invoke({})).toMatchObject({
			kind: 'failure',
			error: { errorType: 'Runtime.HandlerNotFound' },
		});
	});

	it('reports a runtime that exits, and one whose event loop runs empty', async () => {
		const exits = functionOf('export const handler = async () => process.exit(3);');
		expect(await exits.invoke({})).toMatchObject({ kind: 'failure', error: { errorType: 'Runtime.ExitError' } });
		const empty = functionOf('export const handler = () => new Promise(() => {});');
		expect(await empty.invoke({})).toMatchObject({ kind: 'failure' });
	});

	it('[aws-B2d] refuses an answer over 6 MB', async () => {
		const { invoke } = functionOf('export const handler = async () => "x".repeat(6 * 1024 * 1024);');
		expect(await invoke({})).toMatchObject({ kind: 'failure', error: { errorType: 'Function.ResponseSizeTooLarge' } });
	});

	it('[aws-B2e] ends when it wants more memory than it has', async () => {
		const { invoke } = functionOf(
			'export const handler = async (event) => { const all = []; while (event.greedy) all.push(new Array(1e5).fill(all.length)); return 1; };',
			{ memoryMb: 24 },
		);
		expect(await invoke({ greedy: true })).toMatchObject({ kind: 'failure', error: { errorType: 'Runtime.OutOfMemory' } });
		expect(await invoke({})).toMatchObject({ kind: 'success' });
	});

	it('[aws-B4c] has a clock of its own, which may be wrong; what is left of its time is not', async () => {
		const { invoke } = functionOf(
			`export const handler = async (event, context) => ({
				ahead: [Date.now(), new Date().getTime()].map((one) => one - event.now), fixed: new Date(5).getTime(), is: new Date() instanceof Date,
				left: context.getRemainingTimeInMillis(),
			});`,
			{ faults: { happens: (name) => name === 'skew', between: (_, low) => low }, timeoutMs: 3_000 },
		);
		const outcome = await invoke({ now: Date.now() });
		const { ahead, fixed, is, left } = JSON.parse(outcome.kind === 'success' ? outcome.payload : '{}');
		for (const one of ahead) expect(one).toBeLessThan(-1_000);
		expect([fixed, is]).toEqual([5, true]);
		expect(left).toBeLessThanOrEqual(3_000);
	});

	it('starts late when its start is cold, and can be ended before', async () => {
		const cold = { faults: { happens: (name: string) => name === 'cold-start', between: () => 0 } };
		const { invoke, functions } = functionOf('export const handler = async () => 1;', cold);
		const begun = performance.now();
		expect(await invoke({})).toMatchObject({ payload: '1' });
		expect(performance.now() - begun).toBeGreaterThanOrEqual(149);
		await functions.stop();
	});

	it('works through a queue with the environments that it may have', async () => {
		const { invoke } = functionOf(
			`import { threadId } from 'node:worker_threads';
			export const handler = async (event) => { await new Promise((r) => setTimeout(r, 5)); return threadId; };`,
			{ maxEnvironments: 2 },
		);
		const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => invoke({ index })));
		const threads = new Set(outcomes.map((one) => (one.kind === 'success' ? one.payload : 'failed')));
		expect(threads.has('failed')).toBe(false);
		expect(threads.size).toBeLessThanOrEqual(2);
	});
});
