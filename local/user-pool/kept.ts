/** What a pool remembers over a restart: its users, the browsers that are signed in, the refresh tokens. Secrets stand in it only as hashes. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { writeWhole } from '../disk.ts';

const User = z.object({
	name: z.string(),
	sub: z.string(),
	createdAt: z.number(),
	/** when an operator changed something */
	changedAt: z.optional(z.number()),
	email: z.optional(z.string()),
	emailVerified: z.optional(z.boolean()),
	/** by an operator, and not signed in yet */
	invited: z.optional(z.boolean()),
	disabled: z.optional(z.boolean()),
});
export type User = z.infer<typeof User>;

/** a browser that is signed in at the provider */
const Browser = z.object({ hash: z.string(), user: z.string(), authTime: z.number(), expires: z.number() });

const Refresh = z.object({
	hash: z.string(),
	clientId: z.string(),
	user: z.string(),
	scopes: z.array(z.string()),
	originJti: z.string(),
	authTime: z.number(),
	expires: z.number(),
	/** set once a newer token has replaced it: until when it is good all the same */
	replacedUntil: z.optional(z.number()),
});
export type Refresh = z.infer<typeof Refresh>;

const File = z.object({ users: z.array(User), browsers: z.array(Browser), refresh: z.array(Refresh) });

export interface Kept {
	/** by name */
	users: Map<string, User>;
	/** by hash of the cookie */
	browsers: Map<string, z.infer<typeof Browser>>;
	/** by hash of the token */
	refresh: Map<string, Refresh>;
}

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** ms since 1970 from which it is worth nothing */
export const endOf = (refresh: Refresh): number => Math.min(refresh.expires, refresh.replacedUntil ?? refresh.expires);

export const nothingKept = (): Kept => ({ users: new Map(), browsers: new Map(), refresh: new Map() });

/** @throws when the file isn't one of ours */
export const readKept = (file: string): Kept => {
	if (!existsSync(file)) return nothingKept();
	const { users, browsers, refresh } = File.parse(JSON.parse(readFileSync(file, 'utf8')));
	return {
		users: new Map(users.map((one) => [one.name, one])),
		browsers: new Map(browsers.map((one) => [one.hash, one])),
		refresh: new Map(refresh.map((one) => [one.hash, one])),
	};
};

/** Drops what has expired, then writes the rest. */
export const writeKept = (file: string, kept: Kept, now: number): void => {
	for (const [hash, one] of kept.browsers) if (one.expires <= now) kept.browsers.delete(hash);
	for (const [hash, one] of kept.refresh) if (endOf(one) <= now) kept.refresh.delete(hash);
	writeWhole(file, JSON.stringify({ users: [...kept.users.values()], browsers: [...kept.browsers.values()], refresh: [...kept.refresh.values()] }));
};
