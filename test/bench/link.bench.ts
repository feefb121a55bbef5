/**
 * The page in Chromium on a link of 1 Mbit/s and 80 ms there and back: an interrupt in a flood, a large file, coming back to screens and after
 * drops; and what a flood takes of page and agent. No peer runs beside it; figures of others, measured elsewhere on such a link: mosh 0.13 s for the
 * interrupt and 27 KB for the file, VS Code 0.21 s, ttyd never and 16.9 MB.
 */
import { execFile } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSlowLink } from '../support/slow-link.ts';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { agentsOf } from './agents.ts';
import { writeLargeFile } from './large-file.ts';
import { makeSize, openFarPage } from './link/browser.ts';
import { flood } from './link/flood.ts';
import { programs } from './link/programs.ts';
import { reattach } from './link/reattach.ts';
import { type Drop, drop, interrupt, show } from './link/slow.ts';
import { watchTmux } from './relay/truth.ts';
import { type Bench, isWanted, type Row, rowOf } from './row.ts';

const speed = { bitsPerSecond: 1_000_000, delayMs: 40 };
const columns = 120;
const rows = 40;
const fileBytes = 15_000_000;
const rounds = { interrupt: 7, file: 3, drop: 3 };
const bounds = { interruptMs: 250, fileKb: 300, backMs: 1_000, heapMb: 150, agentMb: 64, taskMs: 50 } as const;

const user = 'bench';

/** So many times, one after the other. */
const times = async <T>(count: number, measure: () => Promise<T>): Promise<T[]> => {
	const all: T[] = [];
	while (all.length < count) all.push(await measure());
	return all;
};

const one = (name: string, unit: Row['unit'], median: number, bound?: number): Row => ({ name, unit, median, samples: 1, ...(bound && { bound }) });

export const run: Bench = async (options) => {
	const stack = await startStack();
	const link = await startSlowLink(stack.port, speed);
	const closing: (() => unknown)[] = [() => link.close()];
	try {
		const http = await signInByHttp(stack, user);
		const { id } = await http.createSession('bench');
		await http.reaches(id, 'Running');
		const [agent] = await agentsOf(stack);
		if (agent === undefined) throw new Error('no agent');
		const machine = `/proc/${agent}/root`;
		const tmux = `${machine}/run/shellpod/tmux`;
		writeLargeFile(`${machine}/home/dev/large.txt`, fileBytes);
		copyFileSync(fileURLToPath(new URL('link/screens.mjs', import.meta.url)), `${machine}/home/dev/screens.mjs`);
		const far = await openFarPage(stack, link.port, user, id);
		closing.unshift(() => far.close());
		const truth = await watchTmux(tmux);
		closing.unshift(() => truth.close());
		const width = async (): Promise<number> => {
			const { stdout } = await promisify(execFile)('tmux', ['-S', tmux, 'display-message', '-p', '-t', 'main', '#{window_width}']);
			return Number(stdout);
		};
		await makeSize(far, width, columns, rows);

		const table: Row[] = [];
		const figures: Record<string, unknown> = {};
		if (isWanted(options, 'interrupt')) {
			const interrupts = await times(rounds.interrupt, () => interrupt(far));
			figures.interrupts = interrupts;
			table.push(rowOf('Ctrl-C after 3 s of yes, to the prompt', 'ms', interrupts, { bound: bounds.interruptMs }));
		}
		if (isWanted(options, 'file')) {
			const files = await times(rounds.file, () => show(far, link, 'large.txt'));
			const [kilobytes, took] = [files.map(({ bytes }) => bytes / 1024), files.map(({ ms }) => ms)];
			figures.files = files;
			table.push(rowOf('a file of 15 MB, on the wire', 'KB', kilobytes, { bound: bounds.fileKb }));
			table.push(rowOf('a file of 15 MB, to the prompt', 'ms', took));
		}
		const screens: Record<string, unknown> = {};
		for (const program of isWanted(options, 'screens') ? programs : []) {
			const { messages, ms } = await reattach(far, truth, program);
			const bytes = messages.reduce((sum, one) => sum + one, 0);
			screens[program.name] = { messages, bytes, ms };
			table.push(
				one(`back to ${program.name}`, 'KB', bytes / 1024, program.most / 1024),
				...(program.most === programs[0]?.most ? [one(`back to ${program.name}, messages`, '', messages.length, 1)] : []),
				one(`back to ${program.name}, from a new page`, 'ms', ms),
			);
		}
		const drops: Record<string, number[]> = {};
		for (const how of isWanted(options, 'drops') ? (['silent', 'offline', 'cut'] satisfies Drop[]) : []) {
			drops[how] = await times(rounds.drop, () => drop(far, link, how));
			table.push(rowOf(`a line typed in a drop of 5 s (${how}), after it`, 'ms', drops[how], { bound: bounds.backMs }));
		}
		if (isWanted(options, 'flood')) {
			link.setSpeed(undefined);
			const flooded = await flood(far, agent, ['yes', 'cat large.txt large.txt large.txt large.txt']);
			figures.flooded = flooded;
			table.push(
				one('flood: growth of the page’s heap', 'MB', flooded.heap, bounds.heapMb),
				one('flood: growth of the page’s process', 'MB', flooded.renderer, bounds.heapMb),
				one('flood: growth of the agent', 'MB', flooded.agent, bounds.agentMb),
				one('flood: longest task of the page’s main thread', 'ms', Math.max(0, ...flooded.longTasks), bounds.taskMs),
			);
		}
		return { rows: table, figures: { link: { ...figures, screens, drops } } };
	} finally {
		for (const close of closing) await close();
		await stack.dispose();
	}
};
