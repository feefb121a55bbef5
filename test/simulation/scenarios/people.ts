/** What people do in a story: alone, and several at the same instant. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { ticketMs } from '@shellpod/protocol/limits.ts';
import type { Api } from '../world/api.ts';
import { pageOrigin } from '../world/names.ts';
import type { World } from '../world/world.ts';

type Move = (api: Api) => Promise<unknown>;

/** Whatever the answer is. */
export const attempt = async (ask: () => Promise<unknown>): Promise<void> => {
	try {
		await ask();
	} catch (error) {
		if (!(error instanceof ShellPodError)) throw error;
	}
};

const nameOf = (chance: () => number): string => `name ${Math.floor(chance() * 1_000)}`;

/** What somebody does who sees this list. */
const choose = async (api: Api, chance: () => number): Promise<{ move: Move; session?: string }> => {
	const { sessions, trash } = await api.list();
	const deleted = trash[Math.floor(chance() * trash.length)];
	const one = sessions[Math.floor(chance() * sessions.length)];
	const dice = chance();
	if (deleted && chance() < 0.4)
		return dice < 0.5
			? { move: () => api.restore(deleted.id, ...(dice < 0.1 ? [nameOf(chance)] : [])) }
			: { move: () => api.remove(deleted.id, deleted.name) };
	if (!one || dice < 0.15) {
		const name = nameOf(chance);
		return { move: (by) => by.create(name) };
	}
	const { id } = one;
	if (dice < 0.4) return { move: (by) => by.move('stop', id), session: id };
	if (dice < 0.7) return { move: (by) => by.move('start', id), session: id };
	if (dice < 0.85) return { move: (by) => by.move('restart', id), session: id };
	if (dice < 0.94) return { move: (by) => by.trash(id), session: id };
	return { move: (by) => by.get(id), session: id };
};

/** how many of a device's turns begin with a ticket that it doesn't use in time, as when its lid is closed, and how late it is then, ms */
const late = { share: 0.04, ms: [ticketMs, 6 * ticketMs] } as const;

/** Takes the right to watch, and comes with it when it has ended. */
const comeLate = async (world: World, user: string, ms: number): Promise<void> => {
	const { protocols } = await world.apiOf(user).watch();
	world.kernel.after(ms, 'late', () => world.steal(protocols, pageOrigin));
};

/** A device of a user: does what it likes, a few times; with others that do the same at that instant, now and then. */
export const device = async (world: World, user: string, chance: () => number, turns: number, pauseMs: number): Promise<void> => {
	const api = world.apiOf(user);
	for (let turn = 0; turn < turns; turn++) {
		await world.kernel.sleep(chance() * chance() * 2 * pauseMs, 'user');
		if (chance() < late.share) await attempt(() => comeLate(world, user, late.ms[0] + chance() * (late.ms[1] - late.ms[0])));
		await attempt(async () => {
			const { move, session } = await choose(api, chance);
			if (session !== undefined && chance() < 0.1) world.open(user, session);
			const together = chance() < 0.15 ? 2 + Math.floor(chance() * 9) : 1;
			if (together > 1) world.faults.fires('same-instant');
			await Promise.all(Array.from({ length: together }, () => attempt(() => move(world.apiOf(user)))));
		});
	}
};
