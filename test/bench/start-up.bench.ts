/**
 * `npm start` when nothing has changed since the last time, until it prints its link, with the shares of its parts; what a first one takes besides;
 * and the memory of what then runs, with nobody there.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Stack, startStack } from '../support/stack.ts';
import { memoryOf, parentOf } from './memory.ts';
import { type Bench, type Row, rowOf } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = 5;
/** ms, by the issue */
const bound = 8_000;
/** MB; a machine that runs sessions has better uses for more */
const memoryBound = 500;
/** ms after the link at which nothing of the start is under way any more */
const restMs = 15_000;

const bare = 'node -e 0';
const whole = 'npm start, second time';

const timed = (args: string[]): number => {
	const begun = performance.now();
	execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
	return performance.now() - begun;
};

/** ms by part, as the stack says it */
const partsOf = async (stack: Stack): Promise<Map<string, number>> => {
	for (;;) {
		const line = stack.output.find((one) => one.startsWith('start-up: '));
		if (line) return new Map([...line.matchAll(/([a-z-]+(?: [a-z-]+)*) (\d+) ms/g)].map(([, part = '', ms]) => [part, Number(ms)]));
		await pause(10);
	}
};

/** Synthesis with nothing kept of an earlier one, the page apart, and how much of it is bundling. */
const synthesis = (): Row[] => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-start-up-'));
	try {
		const page = `page=${join(root, 'test/infra/fixtures/page')}`;
		const all = timed([join(root, 'scripts/synth.mjs'), '--output', join(folder, 'cdk.out'), '--context', page]);
		const script = `const { build } = await import(${JSON.stringify(join(root, 'infra/control/bundle.ts'))}); const t = performance.now(); build(); console.log(performance.now() - t)`;
		const bundling = Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root }).toString());
		return [
			{ name: 'synthesis after a change of the app', unit: 'ms', median: all, samples: 1 },
			{ name: 'of it: bundling', unit: 'ms', median: bundling, samples: 1, against: 'synthesis after a change of the app' },
		];
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
};

const memoryRows = (stack: Stack): Row[] => {
	const [own = 0] = readFileSync(join(stack.state, 'pids'), 'utf8').split('\n').map(Number);
	const all = memoryOf(parentOf(own));
	const nameOf = ({ pid, command }: { pid: number; command: string }): string =>
		pid === own ? 'the stack' : command.includes('start.mjs') ? 'the script' : command.includes('dynoxide') ? 'tables' : 'others';
	const total = all.reduce((sum, { pss }) => sum + pss, 0) / 1024;
	const names = [...new Set(all.map(nameOf))].sort();
	return [
		{ name: 'memory at rest (PSS)', unit: 'MB', median: total, samples: 1, bound: memoryBound },
		...names.map((name): Row => {
			const pss = all.filter((one) => nameOf(one) === name).reduce((sum, one) => sum + one.pss, 0);
			return { name: `of it: ${name}`, unit: 'MB', median: pss / 1024, samples: 1, against: 'memory at rest (PSS)' };
		}),
	];
};

export const run: Bench = async () => {
	const synthesized = synthesis();
	// the first time: page and assembly of this checkout are made, and the state folder's slots
	const first = await startStack();
	const { state, port } = first;
	await first.interrupt();
	const starts: number[] = [];
	const yardstick: number[] = [];
	const parts = new Map<string, number[]>();
	let memory: Row[] = [];
	try {
		for (let round = 0; round < samples; round++) {
			yardstick.push(timed(['-e', '0']));
			const begun = performance.now();
			const stack = await startStack({ state, port, timing: true });
			const taken = performance.now() - begun;
			starts.push(taken);
			const told = await partsOf(stack);
			const rest = taken - [...told.values()].reduce((sum, ms) => sum + ms, 0);
			for (const [part, ms] of [['script', rest] as const, ...told]) parts.set(part, [...(parts.get(part) ?? []), ms]);
			if (round === samples - 1) {
				await pause(restMs);
				memory = memoryRows(stack);
			}
			await stack.interrupt();
		}
	} finally {
		await first.dispose();
	}
	return [
		rowOf(bare, 'ms', yardstick),
		rowOf(whole, 'ms', starts, { against: bare, bound }),
		...[...parts].map(([part, taken]) => rowOf(`of it: ${part}`, 'ms', taken, { against: whole })),
		...synthesized,
		...memory,
	];
};
