/** What the environment says to the local stack; read once. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';

const Environment = z.object({
	PORT: z.pipe(
		z._default(z.string().check(z.regex(/^\d+$/, 'a number')), '8080'),
		z.coerce.number<string>().check(z.gte(1, 'at least 1'), z.lte(65_535, 'at most 65535')),
	),
	SHELLPOD_STATE: z._default(z.string().check(z.minLength(1)), '.shellpod'),
	SHELLPOD_KEY: z.optional(z.string()),
});

export interface LocalSettings {
	port: number;
	/** absolute path of the state folder */
	state: string;
	key: string | undefined;
}

/** @throws Error, one line, that names the variable */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>, cwd: string): LocalSettings => {
	const result = Environment.safeParse(environment);
	if (!result.success) {
		const [issue] = result.error.issues;
		throw new Error(`${issue?.path.join('.')}: ${issue?.message}`);
	}
	const { PORT: port, SHELLPOD_STATE: state, SHELLPOD_KEY: key } = result.data;
	return { port, state: state.startsWith('~/') ? join(homedir(), state.slice(2)) : resolve(cwd, state), key: key || undefined };
};
