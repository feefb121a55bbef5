/** Marked secrets, and where they are found again: as they are, and in the forms in which a program may have written them down. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/** Files below the folder, absolute paths; what vanishes meanwhile is not among them. */
export const filesBelow = (folder: string, skip: (path: string) => boolean): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (skip(path)) return [];
		return entry.isDirectory() ? filesBelow(path, skip) : entry.isFile() ? [path] : [];
	});

/** `<secret's name> in <file>` for each that is found, in contents or names of files. */
export const foundIn = (folder: string, secrets: Readonly<Record<string, string>>, skip: (path: string) => boolean = () => false): string[] =>
	filesBelow(folder, skip).flatMap((path) => {
		const text = `${relative(folder, path)}\n${statSync(path).size < 256 * 1024 * 1024 ? readFileSync(path, 'latin1') : ''}`;
		return Object.entries(secrets)
			.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
			.map(([name]) => `${name} in ${relative(folder, path)}`);
	});

/** The same of a text. */
export const foundInText = (where: string, text: string, secrets: Readonly<Record<string, string>>): string[] =>
	Object.entries(secrets)
		.filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
		.map(([name]) => `${name} in ${where}`);
