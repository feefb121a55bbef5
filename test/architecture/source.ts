/** The repository's source as text: which files there are, and what they import. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const made = new Set(['node_modules', 'dist', 'cdk.out', 'coverage', 'test-results']);
const isSource = /\.(ts|tsx|mjs|css|sh|grit)$/;

const filesBelow = (folder: string): string[] =>
	readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = posix.join(folder, entry.name);
		if (entry.isDirectory()) return made.has(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path);
		return isSource.test(entry.name) ? [path] : [];
	});

export interface Import {
	/** of the importing file, from the repository's root */
	from: string;
	/** path from the root for our own files; else what stands in the import */
	to: string;
	ours: boolean;
	/** gone at run time */
	type: boolean;
}

export interface SourceFile {
	path: string;
	text: string;
	/** the text without comments, strings kept */
	code: string;
	imports: Import[];
}

const withoutComments = (text: string): string => text.replace(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*$)/gm, '').replace(/\s\/\/ .*$/gm, '');

const statements = [/^(?:import|export)\s+(type\s)?[^'"`;]*?\sfrom\s+'([^']+)'/gm, /^import\s+()'([^']+)'/gm, /\bimport\(()'([^']+)'\)/g];

const importsOf = (path: string, code: string): Import[] =>
	statements.flatMap((statement) =>
		[...code.matchAll(statement)].map(([, type, name = '']) => {
			const ours = name.startsWith('.') || name.startsWith('@shellpod/');
			const to = name.startsWith('.') ? posix.join(posix.dirname(path), name) : name.replace(/^@shellpod\//, '');
			return { from: path, to, ours, type: Boolean(type) };
		}),
	);

export const readSource = (): SourceFile[] =>
	filesBelow('.').map((path) => {
		const text = readFileSync(join(root, path), 'utf8');
		const code = withoutComments(text);
		return { path, text, code, imports: /\.(ts|tsx|mjs)$/.test(path) ? importsOf(path, code) : [] };
	});
