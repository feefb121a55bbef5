/** Kills a part at a moment that a seed chooses, again and again: an agent, a tmux, a whole task, the stack. Each time all is as it should be afterwards. */
import assert from 'node:assert/strict';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { EventPage } from '@shellpod/protocol/http.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import { createRandom } from '../../local/faults/random.ts';
import { becomeOperator, type Operator } from '../support/operator.ts';
import { startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { checkLeftovers } from './leftovers.ts';
import { createMoving } from './moving.ts';
import { killEverything, killStack } from './processes.ts';
import { createSteady, type Noted } from './steady.ts';
import { killIn, victims } from './victims.ts';

export const parts = [...victims, 'stack'] as const;
export type Part = (typeof parts)[number];

export interface KillOptions {
	rounds: number;
	seed: number;
	say(line: string): void;
}

export interface KillFigures {
	part: Part;
	/** ms from the kill until a person has what there should be */
	back: number[];
	/** the tasks included that were killed while they came up */
	kills: number;
}

/** ms after something was begun until the kill, and after the kill of a task until its successor is killed too */
const latest = { kill: 1500, start: 6000 };
/** how often a task that comes up is killed too */
const startKills = 0.3;
/** more than a user may start in an hour otherwise: each round may cost a restart */
const manyStarts = 1_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const allowStarts = async (user: HttpUser, { items }: Operator): Promise<void> => {
	const { id } = (await user.api('GET', '/api/me')) as { id: string };
	const users = createUsers(items);
	const record = await users.get(userId(id));
	assert.ok(await users.put({ ...record, limits: { ...record.limits, startsPerHour: manyStarts } }));
};

/** What its user reads of why it came back. */
const checkReason = async (user: HttpUser, id: string, before: number): Promise<void> => {
	const { events } = EventPage.parse(await user.api('GET', `/api/sessions/${id}/events`));
	const why = events.filter(({ kind, generation }) => kind === 'moved' && generation > before).map((event) => event.why ?? '');
	assert.ok(
		why.some((text) => /\. It comes back by itself$/.test(text)),
		`nobody says why it came back: ${JSON.stringify(why)}`,
	);
};

/** @throws at the first round that is not as it should be; the message names it */
export const soakKills = async ({ rounds, seed, say }: KillOptions): Promise<KillFigures[]> => {
	const random = createRandom(seed, 'kills');
	const choose = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
	const figures = parts.map((part): KillFigures => ({ part, back: [], kills: 0 }));
	let stack = await startStack();
	let operator = await becomeOperator(stack);
	let leave = (): void => {};
	let failed = true;
	try {
		const user = await signInByHttp(stack, 'steady');
		const steady = await createSteady(stack, user);
		({ leave } = steady);
		const moving = await createMoving(stack);
		await allowStarts(user, operator);
		await user.reaches(steady.id, 'Running');
		await steady.begin();

		/** Gives the generations that were killed. */
		const killTask = async (victim: 'task' | 'supervised', { arn, generation }: Noted): Promise<number[]> => {
			await killIn(stack, arn, victim);
			if (random.next() >= startKills) return [generation];
			await pause(random.between(0, latest.start));
			const { task } = await steady.record(operator);
			if (task?.arn === undefined || task.generation === generation) return [generation];
			await killIn(stack, task.arn, victim);
			return [generation, task.generation];
		};
		const round = async (one: KillFigures, name: string): Promise<void> => {
			const { part } = one;
			const before = await steady.note(operator);
			const move = choose(moving.moves());
			const after = Math.round(random.between(0, latest.kill));
			say(`${name}: ${part}, ${after} ms into: ${move}`);
			const begun = moving.begin(move, operator);
			await pause(after);
			const from = performance.now();
			if (part === 'task' || part === 'supervised') {
				steady.leave();
				const killed = await killTask(part, before);
				one.kills += killed.length;
				await steady.isBack(before, operator, killed.at(-1));
				one.back.push(performance.now() - from);
				await checkReason(user, steady.id, before.generation);
			} else if (part === 'tmux') {
				await killIn(stack, before.arn, part);
				await steady.isEmpty(before, operator);
				one.kills++;
				one.back.push(performance.now() - from);
				steady.leave();
			} else {
				if (part === 'agent') await killIn(stack, before.arn, part);
				else {
					await killStack(stack.state);
					await begun;
					operator.release();
					stack = await startStack({ state: stack.state, port: stack.port });
					operator = await becomeOperator(stack);
				}
				await steady.goesOn(before, operator, name.replace(' ', '-'));
				one.kills++;
				one.back.push(performance.now() - from);
			}
			await begun;
			if (part !== 'agent' && part !== 'stack') {
				await steady.renew();
				await steady.begin();
			}
			const running = (await moving.settle()) === 'running' ? 2 : 1;
			await checkLeftovers(stack, operator, running);
			say(`${name}: back after ${((one.back.at(-1) ?? 0) / 1000).toFixed(1)} s`);
		};
		for (let at = 1; at <= rounds; at += 1) {
			const one = choose(figures);
			try {
				await round(one, `round ${at}`);
			} catch (error) {
				const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
				const kept = await steady.kept(operator).catch(String);
				throw new Error([`round ${at}, ${one.part}, seed ${seed}: ${said}`, kept, ...stack.output.slice(-20)].join('\n'));
			}
		}
		failed = false;
		return figures;
	} finally {
		leave();
		operator.release();
		if (failed) await killEverything(stack.state);
		await stack.dispose();
	}
};
