/** What the environment says to the local stack; read once. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { keyRule, usableKey } from './gate/key.ts';

const portRule = 'must be a number from 1 to 65535';

/** An empty variable is one that isn't set. */
const Environment = z.object({
	PORT: z.pipe(
		z._default(z.string().check(z.regex(/^\d+$/, portRule)), '8080'),
		z.coerce.number<string>().check(z.gte(1, portRule), z.lte(65_535, portRule)),
	),
	SHELLPOD_STATE: z._default(z.string(), '.shellpod'),
	SHELLPOD_KEY: z.optional(z.string().check(z.regex(usableKey, keyRule))),
});

export interface LocalSettings {
	port: number;
	/** absolute path of the state folder */
	state: string;
	key: string | undefined;
}

/** @throws Error, one line, that names the variable */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>, cwd: string): LocalSettings => {
	const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
	const result = Environment.safeParse(given);
	if (!result.success) {
		const [issue] = result.error.issues;
		throw new Error(`${issue?.path.join('.')} ${issue?.message}`);
	}
	const { PORT: port, SHELLPOD_STATE: state, SHELLPOD_KEY: key } = result.data;
	return { port, state: state.startsWith('~/') ? join(homedir(), state.slice(2)) : resolve(cwd, state), key };
};
