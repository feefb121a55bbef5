/**
 * What needs an SDK, loaded when it is first used: most requests need none, and a user waits for each cold start. The bundle keeps it in a
 * file of its own, which is not read before.
 */
import type { Items } from './adapters/items.ts';
import type { Config, driveConfig } from './config.ts';
import type { Drive } from './core/drive.ts';
import type { Log, Sessions, Tasks } from './ports.ts';

const onFirstUse = <T>(load: () => Promise<T>): (() => Promise<T>) => {
	let loaded: Promise<T> | undefined;
	return () => (loaded ??= load());
};

export const driveOf = (config: Config<(typeof driveConfig)[number]>, items: Items, sessions: Sessions, log: Log): Drive => {
	const drive = onFirstUse(async () => (await import('./task-deps.ts')).driveOf(config, items, sessions, log));
	return async (user, id) => (await drive())(user, id);
};

export const tasksOf = (config: Config<'cluster' | 'deployment'>): Pick<Tasks, 'look'> => {
	const tasks = onFirstUse(async () => (await import('./task-deps.ts')).tasksOf(config));
	return { look: async (family, arn) => (await tasks()).look(family, arn) };
};
