/**
 * Several pages type numbered keystrokes into sessions whose program answers each, and prints by itself, while messages are lost, doubled, late
 * and out of order, connections are cut, devices sleep, and agents die. P1: each keystroke is heard once, in order.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type FaultRates, someOf } from '../world/faults.ts';
import { pageOrigin } from '../world/names.ts';
import type { Page } from '../world/page.ts';
import { createWorld, type World } from '../world/world.ts';
import type { Scenario } from './scenario.ts';

export const usual: FaultRates = {
	'tmux-stalls': 0.04,
	'agent-dies-busy': 0.3,
	'http-lost': 0.02,
	'table-fails': 0.005,
	'table-slow': 0.01,
	'cold-slow': 0.02,
	'call-crash': 0.001,
	crash: 0.005,
	recycle: 0.02,
	'cold-start': 0.1,
	'lambda-concurrency': 0.05,
	'agent-dies': 0.3,
	'line-cut': 0.3,
	'line-silent': 0.3,
	'line-slow': 0.05,
	cut: 0.2,
	'half-open': 0.3,
	'disconnect-lost': 0.2,
	'disconnect-late': 0.2,
	'disconnect-dup': 0.1,
	upgrade: 0.05,
	drop: 0.03,
	dup: 0.03,
	reorder: 0.1,
	delay: 0.1,
	throttle: 0.01,
	'slow-consumer': 0.001,
	'post-unanswered': 0.01,
	'old-version': 0.1,
	'tmux-dies': 0.15,
};

const minute = 60_000;

/** A session whose agent is there. */
const start = async (world: World, user: string): Promise<string> => {
	const api = world.apiOf(user);
	for (;;) {
		try {
			const { id } = (await api.list()).sessions[0] ?? (await api.create('one'));
			await world.until(() => world.records.newest(id)?.phase === 'running', 10 * minute);
			return id;
		} catch (error) {
			if (!(error instanceof ShellPodError)) throw error;
			await world.kernel.sleep(3_000, 'user');
		}
	}
};

/** Somebody whose session has stopped, since it could not start, starts it again. */
const startAgain = async (world: World, page: Page): Promise<void> => {
	try {
		await world.apiOf(page.user).move('start', page.session);
	} catch (error) {
		if (!(error instanceof ShellPodError)) throw error;
	}
};

/** Somebody types: bursts and pauses; their window changes, or the device sleeps, now and then. */
const typist = async (world: World, page: Page, chance: () => number, keystrokes: number): Promise<void> => {
	let before = -1;
	while (page.typed < keystrokes) {
		if (page.typed === before && world.records.newest(page.session)?.desired.state !== 'running') await startAgain(world, page);
		before = page.typed;
		const burst = 1 + Math.floor(chance() * chance() * 60);
		const gap = chance() < 0.3 ? 0 : 15 + chance() * 120;
		for (let one = 0; one < burst; one++) {
			page.type();
			if (gap > 0) await world.kernel.sleep(gap, 'typing');
		}
		if (chance() < 0.05) page.type(1 + Math.floor(chance() * chance() * 9_000));
		if (chance() < 0.1) page.interrupt();
		await world.kernel.sleep(chance() * chance() * 4_000 + 50, 'thinking');
		if (chance() < 0.05) page.resize(60 + Math.floor(chance() * 100));
		if (!world.faults.stopped && chance() < 0.03) page.sleep(500 + chance() * chance() * 90_000);
	}
};

/** The program prints by itself: lines of numbered words, now and then a flood of them. */
const printer = (world: World, session: string, chance: () => number): void => {
	let line = 0;
	const words = (count: number): string => Array.from({ length: count }, (_, word) => `${line}.${word} `).join('');
	const flood = (chunks: number): void => {
		world.containerOf(session)?.tmux.print(`${words(500)}${line++}\n`);
		if (chunks > 0) world.kernel.after(10, 'flood', () => flood(chunks - 1));
	};
	const print = (): void => {
		world.containerOf(session)?.tmux.print(`${words(Math.floor(chance() * chance() * 150))}${line++}\n`);
		if (chance() < 0.02) flood(Math.floor(chance() * 60));
		if (!world.faults.stopped) world.kernel.after(200 + chance() * 5_000, 'program', print);
	};
	print();
};

/** Its user lets the session begin anew, or not. */
const restartOnce = async (world: World, user: string, session: string, chance: () => number): Promise<void> => {
	if (chance() > 0.1) return;
	await world.kernel.sleep(chance() * 60_000, 'user');
	try {
		await world.apiOf(user).move('restart', session);
	} catch (error) {
		if (!(error instanceof ShellPodError)) throw error;
	}
};

/** Somebody who sees tickets: uses them first from a page of its own, or again, soon or late, with any origin. */
const thief =
	(world: () => World, chance: () => number) =>
	(protocols: readonly string[]): void => {
		const { kernel, faults } = world();
		if (faults.stopped || chance() > 0.2) return;
		const own = chance() < 0.5;
		const wait = own ? chance() * 20 : 500 + chance() * chance() * 60_000;
		kernel.after(wait, 'thief', () => world().steal(protocols, own ? 'https://evil.example' : pageOrigin));
	};

export const relay: Scenario = {
	name: 'relay',
	about: 'numbered keystrokes and output between pages and agents under reorder, loss, duplicates, delay, cuts, sleep and dying agents',
	faults: Object.keys(usual),
	tell: async (kernel: Kernel) => {
		const random = kernel.random('story');
		const chance = () => random.next();
		const world: World = createWorld({ kernel, rates: someOf(kernel, usual), freeSlots: 2, overheard: (protocols) => overheard(protocols) });
		const overheard = thief(() => world, chance);
		const users = 1 + Math.floor(chance() * 2);
		const pages: Page[] = [];
		await Promise.all(
			Array.from({ length: users }, async (_, user) => {
				const session = await start(world, `user-${user}`);
				printer(world, session, chance);
				const own = Array.from({ length: 1 + Math.floor(chance() * chance() * 3) }, () => world.open(`user-${user}`, session));
				pages.push(...own);
				const typing = own.map((page) => typist(world, page, chance, 200 + Math.floor(chance() * 200)));
				await Promise.all([...typing, restartOnce(world, `user-${user}`, session, chance)]);
			}),
		);
		world.faults.stop();
		const read = (page: Page) => world.containerOf(page.session)?.tmux.unread() === 0;
		const quiet = () => pages.every((page) => page.stream.kind === 'live' && page.pending === 0 && read(page) && world.isRight(page));
		if (!(await world.until(quiet, 2 * minute))) {
			const words = pages.map(
				(page) => `${page.name} ${page.stream.kind}, ${page.pending} bytes wait, screen ${world.isRight(page) ? 'right' : 'wrong'}`,
			);
			kernel.violated('P3 or P10', `2 min after the last fault: ${words.join('; ')}`);
		}
		// One that comes is listed by its hello.
		if (!(await world.until(() => world.unlisted().length === 0, 10_000)))
			kernel.violated('S7', `nobody knows of what pages have open: ${world.unlisted().join(', ')}`);
		world.keystrokes.settle();
		return { ...world.faults.fired, keystrokes: world.keystrokes.count, pages: pages.length };
	},
};
