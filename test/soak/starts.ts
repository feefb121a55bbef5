/** Two to ten devices press Start in the same instant, again and again: each time there is one task, and all of them are attached to it. */
import assert from 'node:assert/strict';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import { createRandom } from '../../local/faults/random.ts';
import { type HeadlessPage, openHeadlessPage } from '../support/headless-page.ts';
import { becomeOperator } from '../support/operator.ts';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { tasksOf } from './leftovers.ts';

export interface StartsOptions {
	rounds: number;
	seed: number;
	say(line: string): void;
}

/** of one round */
export interface Start {
	devices: number;
	/** ms from the presses until each of them shows what one of them typed */
	ms: number;
}

const devices = { least: 2, most: 10 };
/** Terminals that a user may have open: more devices show the dashboard. */
const terminals = 8;

/** @throws at the first round that is not as it should be; the message names it */
export const soakStarts = async ({ rounds, seed, say }: StartsOptions): Promise<Start[]> => {
	const random = createRandom(seed, 'starts');
	const stack = await startStack();
	const operator = await becomeOperator(stack);
	let pages: HeadlessPage[] = [];
	try {
		const all = await Promise.all(Array.from({ length: devices.most }, () => signInByHttp(stack, 'crowd')));
		const [first] = all as [(typeof all)[number]];
		const { id } = await first.createSession('together');
		await first.reaches(id, 'Running');
		const users = createUsers(operator.items);
		const me = await users.get(userId(((await first.api('GET', '/api/me')) as { id: string }).id));
		// How often is not what is looked at here.
		assert.ok(await users.put({ ...me, limits: { sessions: 3, startsPerHour: 100 * rounds, createsPerDay: 10 } }));

		const round = async (number: number): Promise<Start> => {
			await first.api('POST', `/api/sessions/${id}/stop`);
			await first.reaches(id, 'Stopped');
			assert.deepEqual(await tasksOf(operator), [], 'it is stopped, and a task runs');
			const { generation } = await first.session(id);
			const together = devices.least + Math.floor(random.next() * (devices.most - devices.least + 1));
			const pressed = all.slice(0, together);
			const from = performance.now();
			await Promise.all(pressed.map((device) => device.api('POST', `/api/sessions/${id}/start`)));
			pages = pressed.slice(0, terminals).map((device) => openHeadlessPage(stack, device, id));
			await Promise.all(pages.map((page) => page.shows((lines) => lines.some((line) => line.endsWith('$')))));
			const word = `together-${number}`;
			await pages[0]?.type(`clear; echo ${word.replace('-', "''-")}\r`);
			await Promise.all(pages.map((page) => page.shows((lines) => lines.includes(word))));
			const ms = performance.now() - from;
			await Promise.all(pressed.map((device) => device.reaches(id, 'Running')));
			assert.equal((await tasksOf(operator)).length, 1, 'other than one task runs');
			assert.equal((await first.session(id)).generation, generation + 1, 'there was more than one start');
			for (const page of pages) assert.deepEqual(page.complaints, []);
			for (const page of pages) page.close();
			pages = [];
			return { devices: together, ms };
		};

		const told: Start[] = [];
		for (let number = 1; number <= rounds; number++) {
			try {
				const start = await round(number);
				told.push(start);
				say(`round ${number}: ${start.devices} devices, one task, all attached after ${(start.ms / 1_000).toFixed(1)} s`);
			} catch (error) {
				const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
				throw new Error([`round ${number}, seed ${seed}: ${said}`, ...stack.output.slice(-20)].join('\n'));
			}
		}
		return told;
	} finally {
		for (const page of pages) page.close();
		operator.release();
		await stack.dispose();
	}
};
