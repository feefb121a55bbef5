/** A session that is left alone: a program that writes numbers into its Home, and one on its screen. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTasksCommand } from '@aws-sdk/client-ecs';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { type HeadlessPage, openHeadlessPage } from '../support/headless-page.ts';
import type { Operator } from '../support/operator.ts';
import type { Stack } from '../support/stack.ts';
import type { HttpUser } from '../support/user.ts';
import { untilSo } from './processes.ts';

/** What is known of it before a kill. */
export interface Noted {
	generation: number;
	arn: string;
	/** pid and start time of its container's process 1 */
	init: string;
	lines: string[];
	/** how far the numbers had come on the disk, by what the program was told */
	synced: number;
}

export interface Steady {
	readonly id: string;
	/** Opens the page and starts the programs, once per generation. */
	begin(): Promise<void>;
	note(operator: Operator): Promise<Noted>;
	/** After a kill of the stack: all goes on. */
	goesOn(before: Noted, operator: Operator, word: string): Promise<void>;
	/** After an end of its task: Running again under a generation newer than the last that was killed, files whole. Gives its record. */
	isBack(before: Noted, operator: Operator, killed?: number): Promise<SessionRecord>;
	/** After an end of its tmux: the page is told, and another has a new shell in the same task; files whole. */
	isEmpty(before: Noted, operator: Operator): Promise<void>;
	/** Its user restarts it, which begins the count of its crashes anew. */
	renew(): Promise<void>;
	/** what the control plane keeps of it */
	record(operator: Operator): Promise<SessionRecord>;
	/** the same, for who asks why */
	kept(operator: Operator): Promise<string>;
	/** the page that is open, if any, goes */
	leave(): void;
}

/** ms between two looks by the API, which takes 20 requests a second of a user */
const lookMs = 100;
/** ms that a session may take to be Running again by itself */
const backMs = 180_000;

/** Every line that ends, as a number; what stands behind the last newline is no line. */
const numbersIn = (text: string): number[] => text.split('\n').slice(0, -1).map(Number);

/** Without tmux's own line, which names the program a moment late. */
const shown = (page: HeadlessPage): string[] => page.lines().slice(0, -1);

export const createSteady = async (stack: Stack, user: HttpUser): Promise<Steady> => {
	const { id } = await user.createSession('steady');
	const me = (await user.api('GET', '/api/me')) as { id: string };
	let page: HeadlessPage | undefined;

	const file = (name: string): string => globSync(join(stack.state, 'efs/*/**', name))[0] ?? '';
	const numbers = (generation: number): number[] => {
		const text = readFileSync(file(`numbers-${generation}`), 'utf8');
		assert.ok(text.endsWith('\n'), `a torn line at the end of numbers-${generation}`);
		return numbersIn(text);
	};
	/** Whole: nothing is missing, doubled or out of order. */
	const areWhole = (found: number[]): void =>
		assert.deepEqual(
			found,
			Array.from({ length: found.length }, (_, at) => at + 1),
		);
	const lastSynced = (generation: number): number => numbersIn(readFileSync(file(`synced-${generation}`), 'utf8')).at(-1) ?? 0;
	const initOf = (arn: string): string =>
		readFileSync(join(stack.state, 'ecs/sandbox/containers', arn.split('/').at(-1) ?? '', 'init'), 'utf8').trim();
	const record = async ({ items }: Operator): Promise<SessionRecord> => {
		const found = await createSessions(items).get(userId(me.id), sessionId(id));
		assert.ok(found, 'the session is gone');
		return found;
	};

	const isTheSame = async (before: Noted, operator: Operator): Promise<void> => {
		const { generation, task } = await record(operator);
		assert.deepEqual({ generation, arn: task?.arn, init: initOf(before.arn) }, { generation: before.generation, arn: before.arn, init: before.init });
		const { tasks } = await operator.ecs.send(new DescribeTasksCommand({ cluster: operator.cluster, tasks: [before.arn] }));
		assert.equal(tasks?.[0]?.lastStatus, 'RUNNING');
	};

	return {
		id,
		begin: async () => {
			const { generation: g } = await user.session(id);
			page = openHeadlessPage(stack, user, id);
			await page.shows((lines) => lines.some((line) => line.endsWith('$')));
			const writer = `i=0; while :; do i=$((i+1)); echo $i >> numbers-${g}; sync numbers-${g}; echo $i >> synced-${g}; sleep 0.05; done`;
			await page.type(`cd; (${writer}) & clear; echo screen-$((${g}+0)); cat\r`);
			await page.shows((lines) => lines.includes(`screen-${g}`));
			await untilSo(
				() => file(`synced-${g}`) || undefined,
				() => 'the program writes nothing',
			);
		},
		note: async (operator) => {
			const { generation, task } = await record(operator);
			const arn = task?.arn ?? '';
			return { generation, arn, init: initOf(arn), lines: page ? shown(page) : [], synced: lastSynced(generation) };
		},
		goesOn: async (before, operator, word) => {
			const fresh = openHeadlessPage(stack, user, id);
			try {
				await fresh.shows(() => shown(fresh).join('\n') === before.lines.join('\n'));
				await isTheSame(before, operator);
				const count = numbers(before.generation).length;
				assert.ok(count >= before.synced, 'numbers that were on the disk are gone');
				await untilSo(
					() => numbers(before.generation).length > count || undefined,
					() => `the program stopped at ${count}`,
				);
				areWhole(numbers(before.generation));
				// The program on the screen answers; the page that never was closed sees it, and is used then: what it sends to an agent that is gone is lost.
				for (const [typist, text] of [[fresh, word] as const, [page, `${word}-again`] as const]) {
					await typist?.type(`${text}\r`);
					for (const one of [page, fresh]) await one?.shows((lines) => lines.filter((line) => line === text).length === (typist ? 2 : 0));
				}
			} finally {
				fresh.close();
			}
		},
		isBack: async (before, operator, killed = before.generation) => {
			const seen = new Set<string>();
			await untilSo(
				async () => {
					// Right after a start the gateway may not have its keys in time; it says 401 then, and a page asks again.
					const now = await user.session(id).catch(String);
					if (typeof now === 'string') return void seen.add(now);
					const { state, generation, reason, step, since } = now;
					seen.add(JSON.stringify({ state, generation, reason, step, since }));
					return (state === 'Running' && generation > killed) || undefined;
				},
				() => `not Running under a newer generation than ${killed} after ${backMs / 1000} s:\n${[...seen].join('\n')}`,
				backMs,
				lookMs,
			);
			const found = numbers(before.generation);
			areWhole(found);
			assert.ok(found.length >= before.synced, 'numbers that were on the disk are gone');
			assert.ok(found.length >= lastSynced(before.generation), 'numbers that were on the disk are gone');
			return record(operator);
		},
		isEmpty: async (before, operator) => {
			await untilSo(
				() => page?.complaints.some((one) => one.includes('the terminal ended: exited')) || undefined,
				() => `the page was not told: ${page?.complaints.join('; ')}`,
			);
			const fresh = openHeadlessPage(stack, user, id);
			try {
				await fresh.shows((lines) => lines.some((line) => line.endsWith('$')));
				await fresh.type('pwd\r');
				await fresh.shows((lines) => lines.includes('/home/dev'));
			} finally {
				fresh.close();
			}
			await isTheSame(before, operator);
			const found = numbers(before.generation);
			areWhole(found);
			assert.ok(found.length >= Math.max(before.synced, lastSynced(before.generation)), 'numbers that were on the disk are gone');
		},
		renew: async () => {
			const { generation: old } = await user.session(id);
			await user.api('POST', `/api/sessions/${id}/restart`);
			await untilSo(
				async () => {
					const { state, generation } = await user.session(id);
					return (state === 'Running' && generation > old) || undefined;
				},
				() => 'a restart that its user asked for did not come up',
				backMs,
				lookMs,
			);
		},
		record,
		kept: async (operator) => JSON.stringify(await record(operator)),
		leave: () => {
			page?.close();
			page = undefined;
		},
	};
};
