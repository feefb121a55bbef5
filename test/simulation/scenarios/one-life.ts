/** One session's whole life, with one crash. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session } from '@shellpod/protocol/http.ts';
import type { CrashPlan } from '../world/ports.ts';
import { createWorld } from '../world/world.ts';
import type { Scenario } from './scenario.ts';
import { settle, unsettled } from './settle.ts';

const minute = 60_000;

/** One session's whole life without any fault but one crash, of which the seed is the number: seeds from 0 upwards enumerate them all. */
export const oneLife: Scenario = {
	name: 'one-life',
	about:
		'one session is created, stopped, started, restarted, put into the trash, restored, put there again and deleted; seed 2n crashes before the n-th call to the outside, 2n + 1 after it',
	// What leads to a crash is the same in all of them, so that each call there is has its own.
	oneWorld: true,
	tell: async (kernel) => {
		const crash: CrashPlan = { call: kernel.seed >> 1, when: kernel.seed % 2 === 0 ? 'before' : 'after' };
		const world = createWorld({ kernel, rates: {}, freeSlots: 1, crash });
		const api = world.apiOf('user-0');
		world.watch('user-0');
		/** As a person does: tries again. */
		const insist = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
			for (let tries = 0; tries < 60; tries++) {
				try {
					return await ask();
				} catch (error) {
					if (!(error instanceof ShellPodError)) throw error;
					if (error.code === 'not_found') return undefined;
					await kernel.sleep(3_000, 'user');
				}
			}
			kernel.violated('liveness', 'a request failed for 3 min');
			return undefined;
		};
		const reach = async (state: Session['state']): Promise<void> => {
			const there = await world.until(() => world.records.all().some((record) => record.phase === state.toLowerCase()), 15 * minute);
			if (!there) kernel.violated('liveness', `the session is not ${state} after 15 min: ${unsettled(world).join('; ')}`);
		};
		const made = await insist(async () => (await api.list()).sessions[0] ?? (await api.create('one')));
		if (!made) return {};
		const { id } = made;
		await reach('Running');
		const page = world.open('user-0', id);
		const isLive = (): boolean => page.stream.kind === 'live' && page.pending === 0 && world.isRight(page);
		const terminal = async (): Promise<void> => {
			page.type(100);
			if (!(await world.until(isLive, 2 * minute))) kernel.violated('liveness', 'the terminal is not there, or not right, after 2 min');
		};
		await terminal();
		await insist(() => api.move('stop', id));
		await reach('Stopped');
		await insist(() => api.move('start', id));
		await reach('Running');
		await terminal();
		await insist(() => api.move('restart', id));
		await world.until(() => (world.records.newest(id)?.generation ?? 0) >= 3, minute);
		await reach('Running');
		page.close();
		await insist(() => api.trash(id));
		await reach('Stopped');
		await insist(() => api.restore(id));
		if (world.records.newest(id)?.desired.state !== 'stopped') kernel.violated('liveness', 'it was not restored');
		await insist(() => api.trash(id));
		await insist(() => api.remove(id, 'one'));
		if (world.records.newest(id)?.desired.state !== 'deleted') kernel.violated('liveness', 'it was not deleted');
		if (!(await world.until(() => world.records.gone().length === 1, 15 * minute))) kernel.violated('liveness', 'it was not gone after 15 min');
		const { crashed, count } = world.ports;
		await settle(world);
		return { calls: count, ...(crashed !== undefined && { [`crash of ${crashed} ${crash.when}`]: 1 }) };
	},
};
