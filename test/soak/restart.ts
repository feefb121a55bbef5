/** Kills a whole stack at moments that a seed chooses, and looks at what the next start makes of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRandom } from '../../local/faults/random.ts';
import { becomeOperator, type Operator } from '../support/operator.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { checkLeftovers } from './leftovers.ts';
import { createMoving } from './moving.ts';
import { killEverything, killStack } from './processes.ts';
import { createSteady, type Noted } from './steady.ts';

/** stack: the process of `npm start`; everything: it, its tables, and every process of every session */
export const kinds = ['stack', 'everything'] as const;
export type Kind = (typeof kinds)[number];

export interface SoakOptions {
	/** of each kind */
	rounds: number;
	seed: number;
	kinds: readonly Kind[];
	say(line: string): void;
}

/** ms per round, by kind */
export interface Figures {
	kind: Kind;
	/** from the start of `npm start` to its link */
	link: number[];
	/** from there to: stack: the screen is there again and the program on it answers; everything: the session is Running again by itself */
	back: number[];
	/** kills, those during a start included */
	kills: number;
}

/** ms after something was begun until the kill, and after the start of a stack that is killed while it starts */
const latest = { kill: 1500, start: 6000 };
/** how often a start is killed too, and at most how often in a row */
const startKills = { share: 0.4, most: 2 };

const kill: Record<Kind, (state: string) => Promise<void>> = { stack: killStack, everything: killEverything };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A start that is killed after so many ms. */
const startInVain = async ({ port, state }: Stack, kind: Kind, ms: number): Promise<void> => {
	const root = join(import.meta.dirname, '../..');
	const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
		cwd: root,
		env: { ...process.env, PORT: String(port), SHELLPOD_STATE: state },
		stdio: 'ignore',
		detached: true,
	});
	const ended = once(child, 'exit');
	await Promise.race([pause(ms), ended]);
	await kill[kind](state);
	// before there was a stack to kill, there was what makes ready for it
	child.kill('SIGKILL');
	if (child.exitCode === null && child.signalCode === null) await ended;
	await kill[kind](state);
};

/** @throws at the first round that is not as it should be; the message names it */
export const soakRestarts = async ({ rounds, seed, kinds: wanted, say }: SoakOptions): Promise<Figures[]> => {
	const random = createRandom(seed, 'restart');
	const choose = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
	const figures = wanted.map((kind): Figures => ({ kind, link: [], back: [], kills: 0 }));
	let stack = await startStack();
	let operator: Operator | undefined;
	let leave = (): void => {};
	let failed = true;
	try {
		const user = await signInByHttp(stack, 'steady');
		const steady = await createSteady(stack, user);
		({ leave } = steady);
		const moving = await createMoving(stack);
		await user.reaches(steady.id, 'Running');
		await steady.begin();

		const round = async (one: Figures, name: string): Promise<void> => {
			operator = await becomeOperator(stack);
			const before: Noted = await steady.note(operator);
			const move = choose(moving.moves());
			const after = Math.round(random.between(0, latest.kill));
			const starts: number[] = [];
			while (starts.length < startKills.most && random.next() < startKills.share) starts.push(Math.round(random.between(0, latest.start)));
			say(`${name}: ${move}, killed after ${after} ms${starts.map((ms) => `, and ${ms} ms into the next start`).join('')}`);

			const begun = moving.begin(move, operator);
			await pause(after);
			if (one.kind === 'everything') steady.leave();
			await kill[one.kind](stack.state);
			await begun;
			operator.release();
			for (const ms of starts) await startInVain(stack, one.kind, ms);
			one.kills += 1 + starts.length;

			const from = performance.now();
			stack = await startStack({ state: stack.state, port: stack.port });
			const link = performance.now() - from;
			operator = await becomeOperator(stack);
			if (one.kind === 'stack') await steady.goesOn(before, operator, name.replace(' ', '-'));
			else {
				const { crashes = [] } = await steady.isBack(before, operator);
				// A machine that is lost is no crash of what ran on it.
				assert.deepEqual(crashes, []);
			}
			const back = performance.now() - from;
			if (one.kind === 'everything') await steady.begin();
			const running = (await moving.settle()) === 'running' ? 2 : 1;
			await checkLeftovers(stack, operator, running);
			operator.release();
			one.link.push(link);
			one.back.push(back);
			say(`${name}: link ${(link / 1000).toFixed(1)} s, back ${(back / 1000).toFixed(1)} s`);
		};
		for (let at = 1; at <= rounds; at += 1)
			for (const one of figures)
				try {
					await round(one, `${one.kind} ${at}`);
				} catch (error) {
					const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
					const kept = operator && (await steady.kept(operator).catch(String));
					throw new Error([`round ${at} of ${one.kind}, seed ${seed}: ${said}`, kept, ...stack.output.slice(-20)].join('\n'));
				}
		failed = false;
		return figures;
	} finally {
		leave();
		operator?.release();
		if (failed) await killEverything(stack.state);
		await stack.dispose();
	}
};
