/**
 * Sessions run on while somebody uses them or something goes on in them, and are stopped when nothing does: people type, look and go at the very second
 * of a stop, programs say what isn't so, budgets end. Faults stop, people go home, and within the bounds nothing runs any more.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type FaultRates, someOf } from '../world/faults.ts';
import { createWorld, type World } from '../world/world.ts';
import { inhabitant } from './inhabitants.ts';
import type { Scenario } from './scenario.ts';
import { settle } from './settle.ts';

const minute = 60_000;
const hour = 60 * minute;

export const usual: FaultRates = {
	'table-fails': 0.005,
	'table-answer-lost': 0.01,
	'table-slow': 0.02,
	'index-late': 0.1,
	'cold-slow': 0.05,
	'cold-start': 0.2,
	'call-crash': 0.002,
	'call-crash-after': 0.002,
	crash: 0.01,
	recycle: 0.1,
	skew: 0.3,
	'async-dup': 0.1,
	'event-lost': 0.2,
	'event-late': 0.1,
	'http-lost': 0.03,
	'http-dup': 0.05,
	'clock-off': 0.6,
	'agent-dies': 0.15,
	'agent-hangs': 0.2,
	'task-dies': 0.1,
	'host-lost': 0.1,
	'line-cut': 0.2,
	'line-silent': 0.3,
	'line-stalls': 0.05,
	cut: 0.1,
	'half-open': 0.2,
	'disconnect-lost': 0.1,
	drop: 0.03,
	dup: 0.05,
	reorder: 0.1,
	delay: 0.05,
	throttle: 0.03,
	'post-unanswered': 0.03,
};

/** how many of a story's sessions, or users, have it */
const shares = { lies: 0.25, budget: 0.4, consent: 0.6 } as const;
/** in which agents stand still for hours, and the operator allows so much that the silence is what ends their sessions */
const silence = { share: 0.1, rate: 0.9, unattendedMs: 4.25 * hour, lasts: 25 * minute } as const;
/** US dollars: from some minutes of one session on */
const budgets = { least: 0.005, most: 0.06 } as const;

/** As a person does: tries again. */
const insist = async <T>(kernel: Kernel, ask: () => Promise<T>): Promise<T | undefined> => {
	for (let tries = 0; tries < 60; tries++) {
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
			await kernel.sleep(3_000, 'user');
		}
	}
	return undefined;
};

/** A session of its own, which runs or says why not. */
const made = async (world: World, user: string, name: string): Promise<string | undefined> => {
	const api = world.apiOf(user);
	return insist(world.kernel, async () => ((await api.list()).sessions.find((one) => one.name === name) ?? (await api.create(name))).id);
};

export const policy: Scenario = {
	name: 'policy',
	about:
		'sessions are used, forgotten, lied about and paid for: none is stopped while it is used, none runs on when it is not, and each second is counted',
	faults: [...Object.keys(usual), 'agent-away'],
	tell: async (kernel) => {
		const random = kernel.random('story');
		const chance = () => random.next();
		const silences = kernel.random('silence');
		const isSilent = silences.next() > 1 - silence.share;
		const allowed = (chance() < 0.5 ? 1 : 2) * hour;
		const unattendedMs = isSilent ? silence.unattendedMs : allowed;
		const liars = new Set<string>();
		const rates = { ...someOf(kernel, usual), ...(isSilent && { 'agent-away': silence.rate }) };
		const world = createWorld({ kernel, rates, freeSlots: 2, idle: { unattendedMs }, lies: (session) => liars.has(session) });
		const story = (20 + chance() * 50) * minute;
		const lasts = kernel.now() + (isSilent ? Math.min(story, silence.lasts) : story);
		const users = Array.from({ length: chance() < 0.3 ? 2 : 1 }, (_, user) => `user-${user}`);
		const count = { lies: 0, budgets: 0, silent: isSilent ? 1 : 0 };
		const lives = users.flatMap((user) => Array.from({ length: chance() < 0.4 ? 2 : 1 }, (_, index) => ({ user, name: `session ${index}` })));
		for (const user of users)
			if (chance() < shares.budget) {
				const usd = budgets.least + chance() * (budgets.most - budgets.least);
				await insist(kernel, () => world.apiOf(user).budget({ usd, stop: chance() < shares.consent }));
				count.budgets += 1;
			}
		await Promise.all(
			lives.map(async ({ user, name }) => {
				const session = await made(world, user, name);
				if (session === undefined) return;
				if (chance() < shares.lies) {
					liars.add(session);
					count.lies += 1;
				}
				await inhabitant(world, { user, session, chance, until: lasts });
			}),
		);
		const isOver = (): boolean => world.records.all().every(({ desired, phase }) => desired.state !== 'running' && phase !== 'stopping');
		if (isSilent) await world.until(isOver, (1 + silences.next()) * 0.5 * unattendedMs);
		world.faults.stop();
		if (!(await world.until(isOver, unattendedMs + 10 * minute))) kernel.violated('liveness', 'somebody is still at work, though nobody is there');
		await settle(world);
		return { ...world.faults.fired, ...count, sessions: world.records.all().length, calls: world.ports.count, ...world.policy.counted() };
	},
};
