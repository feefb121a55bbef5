// Many seeds of a simulation, over several processes.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { node24, root, run, withNode24 } from './run.mjs';
import { fail } from './say.mjs';

/** What runs seeds: the whole deployment on a virtual clock, and real programs on the machine's. */
const folders = [join(root, 'test/simulation/run'), join(root, 'test/screens/run')];

/** A whole number that is not below `least`; undefined for any other text. */
export const countOf = (text, least) => {
	const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
	return count >= least && count <= 0xffff_ffff ? count : undefined;
};

/** The scenarios, each with the folder of what runs it, and the bugs that can be planted. */
export const known = async () => {
	const lists = await Promise.all(
		folders.map(async (folder) => {
			const { code, output } = await run(node24, [join(folder, 'list.ts')]);
			if (code !== 0) fail(output);
			const { scenarios, bugs } = JSON.parse(output);
			return { scenarios: scenarios.map((one) => ({ ...one, folder })), bugs };
		}),
	);
	return { scenarios: lists.flatMap(({ scenarios }) => scenarios), bugs: lists.flatMap(({ bugs }) => bugs) };
};

/**
 * Runs them until all are done, time is up, or one is broken. Gives what was done: { done, ms, steps, tally, broken }; of several that broke at once, the lowest seed.
 * @param {{ folder?: string, name: string, from: number, seeds: number, workers: number, ms?: number, bug?: string }} options
 */
export const runSeeds = ({ folder = folders[0], name, from, seeds, workers, ms = Number.POSITIVE_INFINITY, bug }) =>
	new Promise((resolve) => {
		const total = { done: 0, ms: 0, steps: 0, tally: {}, broken: undefined };
		const begun = performance.now();
		let next = from;
		const children = new Set();
		const finish = () => {
			if (children.size > 0) return;
			total.ms = performance.now() - begun;
			resolve(total);
		};

		const take = ({ result }) => {
			total.done += 1;
			total.steps += result.steps;
			for (const [key, count] of Object.entries(result.tally)) total.tally[key] = (total.tally[key] ?? 0) + count;
			if (result.violation && (total.broken === undefined || result.seed < total.broken.seed)) total.broken = result;
		};

		const work = () => {
			const child = fork(join(folder, 'child.ts'), [name, ...(bug === undefined ? [] : [bug])], {
				execPath: node24,
				env: withNode24(),
				stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			});
			children.add(child);
			let over = false;
			const go = () => {
				over = total.broken !== undefined || next >= from + seeds || performance.now() - begun >= ms;
				if (over) child.disconnect();
				else child.send({ seed: next++ });
			};
			child.on('message', (answer) => {
				if (answer.kind === 'broken') fail(answer.text);
				if (answer.kind === 'done') take(answer);
				go();
			});
			child.once('exit', (code, signal) => {
				if (!over) fail(`a process that ran seeds ended with ${signal ?? code}`);
				children.delete(child);
				finish();
			});
		};
		for (let worker = 0; worker < Math.min(workers, seeds); worker++) work();
	});
