/** The oracle can fail: what makes a screen wrong is found, each bug by a seed that is whole without it (`screens.test.ts`). */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPlanted } from '../simulation/planted/plant.ts';
import type { Answer } from '../simulation/run/child.ts';
import { bugs } from './planted-bugs.ts';
import type { SeedResult } from './run/run-seed.ts';

const child = fileURLToPath(new URL('run/child.ts', import.meta.url));

/** One seed in a process of its own, in which the bug is there. */
const runWith = (bug: string, seed: number): Promise<SeedResult> =>
	new Promise((done, failed) => {
		const running = fork(child, ['screens', bug]);
		running.on('message', (answer: Answer) => {
			if (answer.kind === 'ready') running.send({ seed });
			else if (answer.kind === 'broken') failed(new Error(answer.text));
			else {
				done(answer.result as unknown as SeedResult);
				running.disconnect();
			}
		});
		running.once('exit', (code) => failed(new Error(`it ended with ${code}`)));
	});

describe('planted bugs', () => {
	it.each(bugs.map((bug) => [bug.name, bug] as const))('%s has its line in the shipped code, once', (_, bug) => {
		expect(readPlanted(bug)).not.toContain(bug.source);
	});

	it.each(bugs.flatMap(({ name, seeds }) => (seeds ? [[name, seeds] as const] : [])))('%s is found', { timeout: 180_000 }, async (name, seeds) => {
		const found: string[] = [];
		for (const seed of seeds) {
			const { violation } = await runWith(name, seed);
			if (violation) found.push(violation.message);
			if (violation) break;
		}
		expect(found.join()).toMatch(/the screen is not tmux's|the page waits in vain/);
	});
});
