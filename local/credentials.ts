/** The one place that makes credentials: who holds which, in one file that only the owner of the state folder can read. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeWhole } from './disk.ts';
import type { CredentialStore, Credentials, Principal } from './stand-in.ts';

const Kept = z.array(
	z.object({
		accessKeyId: z.string(),
		secretAccessKey: z.string(),
		sessionToken: z.string(),
		principal: z.object({ roleArn: z.string(), sessionName: z.string() }),
	}),
);
type KeptCredentials = z.infer<typeof Kept>[number];

/** letters of an access key id, as AWS draws them */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const accessKeyId = (): string => `ASIA${Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')}`;

const nameOf = (principal: Principal): string => `${principal.roleArn}\n${principal.sessionName}`;

/**
 * Credentials in `<folder>/credentials.json`, mode 0600. A principal that comes back gets what it had, so that a function's keys and a
 * task's are the same after a restart of the stack.
 * @throws when the folder can't be made or the file isn't ours
 */
export const createCredentialStore = (folder: string): CredentialStore => {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const file = join(folder, 'credentials.json');
	const kept: KeptCredentials[] = existsSync(file) ? Kept.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
	const byKey = new Map(kept.map((one) => [one.accessKeyId, one]));
	const byPrincipal = new Map(kept.map((one) => [nameOf(one.principal), one]));

	return {
		issue: (principal): Credentials => {
			const known = byPrincipal.get(nameOf(principal));
			const one: KeptCredentials = known ?? {
				accessKeyId: accessKeyId(),
				secretAccessKey: randomBytes(30).toString('base64'),
				sessionToken: randomBytes(96).toString('base64'),
				principal: { ...principal },
			};
			if (!known) {
				byKey.set(one.accessKeyId, one);
				byPrincipal.set(nameOf(principal), one);
				writeWhole(file, JSON.stringify([...byKey.values()]));
			}
			return { accessKeyId: one.accessKeyId, secretAccessKey: one.secretAccessKey, sessionToken: one.sessionToken };
		},
		find: (key) => {
			const one = byKey.get(key);
			return one && { principal: one.principal, secretAccessKey: one.secretAccessKey };
		},
	};
};
