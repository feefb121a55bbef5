/** The stack's key: from the environment, else from the state folder, else made. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../disk.ts';

/** What may stand in an address after `#key=` as it is (RFC 3986, fragment). */
export const usableKey = /^[A-Za-z0-9!$&'()*+,./:;=?@_~-]{1,128}$/;
export const keyRule = "must be 1 to 128 letters, digits or any of ! $ & ' ( ) * + , - . / : ; = ? @ _ ~";

const read = (file: string): string | undefined => {
	try {
		return readFileSync(file, 'utf8').trim();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
};

/**
 * @param folder absolute path; the file `key` in it is readable by its owner only
 * @param given value of SHELLPOD_KEY; it is kept, so that the next start without it has the same key
 * @throws Error with one clear line when the key can't stand in the link
 */
export const keepKey = (folder: string, given: string | undefined): string => {
	const file = join(folder, 'key');
	const kept = read(file);
	const key = given || kept || randomBytes(24).toString('base64url');
	if (!usableKey.test(key)) throw new Error(`${given ? 'SHELLPOD_KEY' : file} ${keyRule}`);
	if (key !== kept) writeWhole(file, `${key}\n`);
	return key;
};
