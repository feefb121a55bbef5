/** What few requests of the page's API need, loaded as `late-deps.ts` loads: they make, stop, delete, keep or sign out. */
import type { Items } from './adapters/items.ts';
import type { IdleCommandDeps, IdleCommands } from './core/idle-commands.ts';
import type { RevocationDeps, Revocations } from './core/revocations.ts';
import { onFirstUse } from './late-deps.ts';
import type { Slots } from './ports.ts';

type Late<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => Promise<R> : never };

/** Everything of `load`, by its name; the first call loads it. */
const late = <T extends object>(load: () => Promise<T>): Late<T> => {
	const loaded = onFirstUse(load);
	return new Proxy({} as Late<T>, {
		get:
			(_, name) =>
			async (...args: unknown[]) => {
				const all = (await loaded()) as Record<PropertyKey, (...args: unknown[]) => Promise<unknown>>;
				return all[name]?.(...args);
			},
	});
};

export const slotsOf = (items: Items): Slots => late(async () => (await import('./adapters/slots.ts')).createSlots(items));

export const idleCommandsOf = (deps: IdleCommandDeps): IdleCommands =>
	late(async () => (await import('./core/idle-commands.ts')).createIdleCommands(deps));

export const revocationsOf = (items: Items, deps: Omit<RevocationDeps, 'connections'>): Revocations =>
	late(async () => {
		const [{ createConnections }, { createRevocations }] = await Promise.all([import('./adapters/connections.ts'), import('./core/revocations.ts')]);
		return createRevocations({ ...deps, connections: createConnections(items) });
	});
