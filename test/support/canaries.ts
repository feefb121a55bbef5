/** Marked secrets, and where they are found again: as they are, and in the forms in which a program may have written them down. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const canary = (what: string): string => `CANARY_${what}_${randomBytes(12).toString('hex')}`;

/** Base64 of the text wherever it stands in a larger one: without the letters that its neighbours share in. */
const insideBase64 = (text: string): string[] =>
	[0, 1, 2].map((before) => {
		const whole = Buffer.from('x'.repeat(before) + text).toString('base64');
		return whole.slice(Math.ceil((before * 4) / 3), Math.floor(((before + text.length) * 4) / 3));
	});

/** A secret in all forms. Those of one that is drawn by chance are as long as to be nothing else. */
export const formsOf = (secret: string): string[] => {
	const base64 = insideBase64(secret);
	const url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
	return [
		...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString('hex'), ...base64, ...url]),
	];
};

/** Undefined when it has gone: a running stack writes files whole, beside the old ones. */
const ifThere = <T>(look: () => T): T | undefined => {
	try {
		return look();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		return undefined;
	}
};

/** Files below the folder, absolute paths. */
export const filesBelow = (folder: string, skip: (path: string) => boolean): string[] =>
	(ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? []).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (skip(path)) return [];
		return entry.isDirectory() ? filesBelow(path, skip) : entry.isFile() ? [path] : [];
	});

/** `<secret's name> in <file>` for each that is found, in contents or names of files. */
export const foundIn = (folder: string, secrets: Readonly<Record<string, string>>, skip: (path: string) => boolean = () => false): string[] =>
	filesBelow(folder, skip).flatMap((path) => {
		const name = relative(folder, path);
		return foundInText(name, `${name}\n${ifThere(() => readFileSync(path, 'latin1')) ?? ''}`, secrets);
	});

/** The same of a text. */
export const foundInText = (where: string, text: string, secrets: Readonly<Record<string, string>>): string[] =>
	Object.entries(secrets)
		.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
		.map(([name]) => `${name} in ${where}`);
