/** A story for one promise: a world with few faults or none, in which one thing happens on purpose. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { createKernel, type Kernel } from '../kernel/kernel.ts';
import type { FaultRates } from '../world/faults.ts';
import type { Page } from '../world/page.ts';
import { createWorld, type World, type WorldOptions } from '../world/world.ts';

/** ms that a test may take, on a machine with much else to do */
export const patience = 120_000;

export const minute = 60_000;
export const hour = 60 * minute;

export interface Telling extends Pick<Partial<WorldOptions>, 'freeSlots' | 'overheard' | 'environments'> {
	seed: number;
	rates?: FaultRates;
	/** virtual ms at most */
	maxMs?: number;
}

/** Tells it, and gives what the story gives. Throws what is broken. */
export const inWorld = async <T>(
	{ seed, maxMs = 6 * hour, rates = {}, ...more }: Telling,
	story: (world: World, kernel: Kernel) => Promise<T>,
): Promise<T> => {
	const kernel = createKernel({ seed, maxMs, maxSteps: 20_000_000 });
	const told = Promise.withResolvers<T>();
	await kernel.run(async () => {
		const world = createWorld({ kernel, rates, ...more });
		await kernel.sleep(2 * minute, 'slots are made');
		told.resolve(await story(world, kernel));
	});
	return told.promise;
};

/** A session that runs. */
export const startedBy = async (world: World, user: string): Promise<string> => {
	const api = world.apiOf(user);
	for (;;) {
		try {
			const { id } = await api.create('one');
			await world.until(() => world.records.newest(id)?.phase === 'running', 5 * minute);
			return id;
		} catch (error) {
			// There is no slot yet.
			if (!(error instanceof ShellPodError)) throw error;
			await world.kernel.sleep(30_000, 'user');
		}
	}
};

export const isLive = (page: Page): boolean => page.stream.kind === 'live' && page.link.kind === 'open';

/** ms until it is so; undefined when it isn't within the bound. */
export const within = async (kernel: Kernel, ms: number, condition: () => boolean): Promise<number | undefined> => {
	const begun = kernel.now();
	while (!condition()) {
		if (kernel.now() - begun > ms) return undefined;
		await kernel.sleep(20, 'looking');
	}
	return kernel.now() - begun;
};
