/** Somebody who lives in a session: types, lets things run, opens and closes its page, goes to lunch, and comes back at the very second of its stop. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Page } from '../world/page.ts';
import type { World } from '../world/world.ts';
import { attempt } from './people.ts';

export interface InhabitantOptions {
	user: string;
	session: string;
	chance(): number;
	/** ms since 1970: then everybody goes home */
	until: number;
}

const second = 1_000;
const minute = 60_000;
/** minutes: the product's, the short ones more often */
const limits = [15, 15, 15, 15, 30, 60, null] as const;
/** before and after the second in which it would be stopped: the sweep comes each minute, asks, and stops it a minute later */
const about = { before: 2 * second, after: 130 * second } as const;
/** pages that a session has open at most, and ever */
const most = 3;
const mostEver = 12;

const programs: [string[], ...string[][]] = [
	['make', 'all'],
	['cargo', 'build'],
	['npm', 'test'],
];

export const inhabitant = async (world: World, { user, session, chance, until }: InhabitantOptions): Promise<void> => {
	const { kernel } = world;
	const api = world.apiOf(user);
	const dice = <T>(things: readonly [T, ...T[]]): T => things[Math.floor(chance() * things.length)] ?? things[0];
	let pages: Page[] = [];
	/** whose bytes the program can tell from others' */
	const typists: Page[] = [];
	let opened = 0;

	const open = (deliberate: boolean): void => {
		pages = pages.filter((page) => page.open);
		if (pages.length >= most) pages.splice(1, 1)[0]?.close();
		if (opened >= mostEver) return;
		const page = world.open(user, session, { opened: deliberate });
		pages.push(page);
		if (opened++ < most) typists.push(page);
	};
	const goings = () => world.containerOf(session)?.goings;
	/** A job, a server or a turn that goes on for a while. */
	const run = (): void => {
		const what = goings();
		if (!what) return;
		const ms = chance() * chance() * 25 * minute;
		const roll = chance();
		if (roll < 0.4) kernel.after(ms, 'a job ends', what.job(dice(programs)));
		else if (roll < 0.55) {
			const ends = what.job(['vite'], true);
			if (chance() < 0.5) kernel.after(ms, 'a server ends', ends);
		} else if (roll < 0.7) what.hold(`hold ${Math.floor(chance() * 1e6)}`, ms + second);
		else {
			const turn = what.turn();
			if (chance() < 0.3) kernel.after(ms * chance(), 'it asks', turn.wait);
			kernel.after(ms, 'a turn ends', turn.end);
		}
	};
	const acts: readonly [number, () => unknown][] = [
		[
			30,
			() => {
				const [page, ...others] = typists.filter((one) => one.open);
				if (page) dice([page, ...others]).type();
				else open(true);
			},
		],
		[12, () => open(true)],
		// An old tab that comes back by itself.
		[8, () => open(false)],
		// As a refresh does.
		[
			10,
			() => {
				pages.pop()?.close();
				open(true);
			},
		],
		[6, () => pages.pop()?.close()],
		[3, () => dice([60, 75, 110] as const) && pages[0]?.resize(60 + Math.floor(chance() * 100))],
		[18, run],
		[3, () => goings()?.release()],
		[4, () => attempt(() => api.keep(session, dice([5, 20, 60]) * minute))],
		[5, () => attempt(() => api.choose(session, { limitMs: limitMs() }))],
		[4, () => attempt(() => api.choose(session, { overrules: { [dice(['make all', 'npm test', 'vite'])]: chance() < 0.5 } }))],
		[3, () => attempt(() => api.budget({ usd: 0.005 + chance() * 0.05, stop: chance() < 0.6 }))],
		[3, () => attempt(() => api.move('stop', session))],
		[2, () => attempt(() => api.move('restart', session))],
	];
	const limitMs = (): number | null => {
		const minutes = dice(limits);
		return minutes === null ? null : minutes * minute;
	};
	const total = acts.reduce((sum, [weight]) => sum + weight, 0);
	const act = async (): Promise<void> => {
		const record = world.records.newest(session);
		if (record?.desired.state === 'stopped') await attempt(() => api.move('start', session));
		const roll = chance() * total;
		let sum = 0;
		for (const [weight, run] of acts) {
			sum += weight;
			if (roll < sum) return void (await run());
		}
	};

	/** When it would be stopped, as far as anybody outside knows. */
	const stopAt = (): number => world.policy.knownOf(session)?.until ?? 0;
	const tries = async (ask: () => Promise<unknown>): Promise<void> => {
		for (let count = 0; count < 20; count++)
			try {
				await ask();
				return;
			} catch (error) {
				if (!(error instanceof ShellPodError)) throw error;
				await kernel.sleep(3 * second, 'user');
			}
	};
	await tries(() => api.choose(session, { limitMs: limitMs() }));
	/** At the very second of its stop: whoever writes first has it. */
	const atTheStop = async (): Promise<void> => {
		await world.policy.aboutToStop(session);
		await kernel.sleep(chance() * second, 'somebody comes');
		if (kernel.now() >= until) return;
		const [page] = typists.filter((one) => one.open);
		const roll = chance();
		if (roll < 0.3) page?.type();
		else if (roll < 0.7) open(true);
		else await attempt(() => api.keep(session, 20 * minute));
	};
	while (kernel.now() < until) {
		const stop = stopAt();
		const soon = chance() < 0.5 && stop > kernel.now() && stop < until;
		const pause = soon ? stop - kernel.now() - about.before + chance() * about.after : chance() * chance() * 10 * minute;
		if (chance() < 0.5) void atTheStop();
		await kernel.sleep(pause, 'somebody');
		// Several things at the same instant, now and then.
		await Promise.all(Array.from({ length: chance() < 0.1 ? 3 : 1 }, act));
	}
	for (const page of pages.slice(chance() < 0.5 ? 1 : 0)) page.close();
	kernel.after(chance() * 5 * minute, 'all ends', () => goings()?.quiet());
};
