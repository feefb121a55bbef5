/**
 * What most requests don't need, an SDK above all, loaded when it is first used: a user waits for each cold start. The bundle keeps it in
 * files of its own, which are not read before.
 */
import type { Items } from './adapters/items.ts';
import { createSessionReader } from './adapters/session-reader.ts';
import type { TokenVerifierDeps } from './adapters/token-verifier.ts';
import type { Config, driveConfig } from './config.ts';
import type { Drive } from './core/drive.ts';
import type { IdTokens, Log, Sessions, Tasks } from './ports.ts';
import type { Gateway } from './relay-ports.ts';
import type { DriveParts } from './task-deps.ts';

export const onFirstUse = <T>(load: () => Promise<T>): (() => Promise<T>) => {
	let loaded: Promise<T> | undefined;
	return () => (loaded ??= load());
};

export const driveOf = (config: Config<(typeof driveConfig)[number]>, parts: DriveParts): Drive => {
	const drive = onFirstUse(async () => (await import('./task-deps.ts')).driveOf(config, parts));
	return async (user, id) => (await drive())(user, id);
};

/** It reads who watches; who is gone, others forget. */
export const sessionsOf = (items: Items, gateway: Gateway, log: Log): Pick<Sessions, 'get' | 'put'> => {
	const told = onFirstUse(async () => {
		const [{ createAccessRecords }, deps] = await Promise.all([import('./adapters/access.ts'), import('./told-deps.ts')]);
		const { get } = createAccessRecords(items);
		return deps.sessionsOf(items, { get }, gateway, log);
	});
	return { ...createSessionReader(items), put: async (record) => (await told()).put(record) };
};

/** Only who comes back from the identity provider needs it. */
export const idTokensOf = (options: TokenVerifierDeps): IdTokens => {
	const tokens = onFirstUse(async () => (await import('./adapters/token-verifier.ts')).createTokenVerifier(options));
	return { verify: async (idToken) => (await tokens()).verify(idToken) };
};

export const tasksOf = (config: Config<'cluster' | 'deployment'>): Pick<Tasks, 'look'> => {
	const tasks = onFirstUse(async () => (await import('./task-deps.ts')).tasksOf(config));
	return { look: async (family, arn) => (await tasks()).look(family, arn) };
};
