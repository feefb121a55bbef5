/** P8: what a flood takes of page and agent, on a link as fast as the machine: nothing but them holds it back. */
import { setTimeout as pause } from 'node:timers/promises';
import { memoryOf } from '../memory.ts';
import type { FarPage } from './browser.ts';

export interface Flooded {
	/** MB by which the page's heap grew at most, and the process that draws it */
	heap: number;
	renderer: number;
	/** MB by which the agent grew at most */
	agent: number;
	/** ms of each task of the page's main thread over 50 ms */
	longTasks: number[];
}

const floodMs = 12_000;
const lookMs = 250;
const megabyte = 1024 * 1024;

/** MB of the pages that this process's browser draws */
const rendererMemory = (): number =>
	memoryOf(process.pid).reduce((sum, one) => sum + (one.command.includes('--type=renderer') ? one.pss : 0), 0) / 1024;
const agentMemory = (pid: number): number => (memoryOf(pid).find((one) => one.pid === pid)?.pss ?? Number.NaN) / 1024;

/** @param agent its process id */
export const flood = async (far: FarPage, agent: number, commands: readonly string[]): Promise<Flooded> => {
	const { page, devTools } = far;
	const heap = async (): Promise<number> => (await devTools.send('Runtime.getHeapUsage')).usedSize / megabyte;
	await page.evaluate(() => {
		const tasks: number[] = [];
		window.longTasks = tasks;
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) tasks.push(duration);
		}).observe({ type: 'longtask' });
	});
	await devTools.send('HeapProfiler.enable');
	await devTools.send('HeapProfiler.collectGarbage');
	await page.evaluate(() => window.longTasks?.splice(0));
	const before = { heap: await heap(), renderer: rendererMemory(), agent: agentMemory(agent) };
	const most = { ...before };
	for (const command of commands) {
		await far.type(`${command}\n`);
		for (const until = performance.now() + floodMs / commands.length; performance.now() < until; await pause(lookMs)) {
			most.heap = Math.max(most.heap, await heap());
			most.renderer = Math.max(most.renderer, rendererMemory());
			most.agent = Math.max(most.agent, agentMemory(agent));
		}
		await far.press('Control+c');
		await pause(lookMs);
	}
	return {
		heap: most.heap - before.heap,
		renderer: most.renderer - before.renderer,
		agent: most.agent - before.agent,
		longTasks: await page.evaluate(() => window.longTasks ?? []),
	};
};
