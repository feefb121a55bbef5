/**
 * A tenant's program that wants its session to run for ever: with all that the task's role may do it takes the agent's place, again and again, and says
 * of its activity whatever might help. No fault: it goes on when faults have stopped, until its container ends.
 */
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { versions } from '@shellpod/protocol/version.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Life } from '../kernel/life.ts';
import type { AgentDoors } from './agent-doors.ts';
import type { Client, Gateway } from './gateway.ts';

export interface RestlessOptions {
	kernel: Kernel;
	/** ends with its container */
	life: Life;
	task: TaskRecord;
	doors: (task: TaskRecord, life: Life) => AgentDoors;
	gateway: Gateway;
}

const minute = 60_000;
/** ms between two tickets, two hellos, two lies, and two lies of a storm */
const pauses = { ticket: [1_000, 5 * minute], hello: [2_000, 50_000], lie: [1_000, 90_000], storm: [5, 400] } as const;
/** how often a lie is a storm of so many */
const storm = { share: 0.08, most: 60 };

const hours = 3_600_000;

export const restless = ({ kernel, life, task, doors, gateway }: RestlessOptions): void => {
	const chance = kernel.random('restless');
	const among = ([low, high]: readonly [number, number]): number => Math.exp(chance.between(Math.log(low), Math.log(high)));
	const one = <T>(things: readonly [T, ...T[]]): T => things[Math.floor(chance.next() * things.length)] ?? things[0];
	const ask = doors(task, life);
	/** the last question */
	let nonce = 'never-asked';
	let line: Client | undefined;

	const doing = (): object =>
		one([
			{ kind: 'turn', name: '', sinceMs: 0 },
			{ kind: 'job', name: 'make', sinceMs: one([0, 1_000 * hours, -5]) },
			{ kind: 'hold', name: 'mine', sinceMs: 0, leftMs: one([1_000 * hours, 9e15, -1, null]) },
			{ kind: 'permission', name: '', sinceMs: one([0, 0.5, 1e300]) },
			{ kind: 'meeting', name: 'of great weight', sinceMs: 0 },
			{ kind: 'server', name: 'x'.repeat(one([1, 80, 200])), sinceMs: 0 },
		]);
	const lie = (): string =>
		JSON.stringify({
			action: 'activity',
			inputMs: one([0, 0, null, -3 * minute, 1e18, Number.NaN]),
			doing: Array.from({ length: Math.floor(chance.next() * 4) }, doing),
			...(chance.next() < 0.4 && { answer: chance.next() < 0.7 ? nonce : `${Math.floor(chance.next() * 9)}-${Math.floor(chance.next() * 90)}` }),
			...(chance.next() < 0.2 && { notice: one(['it works', '\u0007', 'look here']) }),
			...(chance.next() < 0.2 && { done: { kind: 'turn', name: '', agoMs: one([0, -minute, 1e17]) } }),
			...(chance.next() < 0.05 && { session: 'aaaaaaaaaaaa', generation: 1, at: '2030-01-01T00:00:00.000Z' }),
		});

	const come = async (): Promise<void> => {
		const answer = await ask.ticket();
		life.after(among(pauses.ticket), () => void come());
		if (answer.kind !== 'ticket') return;
		line?.close(1000);
		const client = gateway.dial({
			life,
			...answer.ticket,
			owner: { task: task.arn },
			events: {
				open: () => hello(),
				text: (text) => {
					if (text.startsWith('c{"type":"asked"')) nonce = (JSON.parse(text.slice(1)) as { nonce: string }).nonce;
				},
				close: () => undefined,
			},
		});
		const hello = (): void => {
			if (line !== client) return;
			client.send(encodeHello([...versions]));
			life.after(among(pauses.hello), hello);
		};
		line = client;
	};

	const say = (left: number): void => {
		line?.send(lie());
		if (left > 0) life.after(among(pauses.storm), () => say(left - 1));
		else life.after(among(pauses.lie), () => say(chance.next() < storm.share ? Math.floor(chance.next() * storm.most) : 0));
	};
	void come();
	say(0);
};
