import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Import, readSource, root, type SourceFile } from './architecture/source.ts';
import { table } from './architecture/table.ts';

const files = readSource();
const imports = files.flatMap((file) => file.imports);
const product = files.filter(({ path }) => !/^(test|scripts)\//.test(path));
const show = ({ from, to }: Import): string => `${from} -> ${to}`;
const found = (wanted: SourceFile[], sign: RegExp): string[] => wanted.filter(({ code }) => sign.test(code)).map(({ path }) => path);

describe('imports', () => {
	it('are read: this test sees the whole repository', () => {
		expect(files.length).toBeGreaterThan(100);
		expect(imports).toContainEqual({ from: 'test/architecture.test.ts', to: 'test/architecture/table.ts', ours: true, type: false });
		expect(imports).toContainEqual({ from: 'functions/core/keys.ts', to: 'protocol/ids.ts', ours: true, type: true });
	});

	it('follow the table of who may import whom', () => {
		const wrong = imports.filter(({ from, to, ours, type }) => {
			const row = table.find(({ part }) => part.test(from));
			const allowed = ours ? [...(row?.ours ?? []), ...(type ? (row?.types ?? []) : [])] : row?.packages;
			return !allowed?.some((one) => one.test(to));
		});
		expect(wrong.map(show)).toEqual([]);
	});

	it('of test are test’s own', () => {
		expect(imports.filter(({ from, to, ours }) => ours && to.startsWith('test/') && !from.startsWith('test/')).map(show)).toEqual([]);
	});

	it('of packages stand in the package.json of the part', () => {
		const named = new Map<string, Set<string>>();
		const namesOf = (part: string): Set<string> => {
			const file = existsSync(join(root, part, 'package.json')) ? join(root, part, 'package.json') : join(root, 'package.json');
			const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
			const names = named.get(part) ?? new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
			named.set(part, names);
			return names;
		};
		const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');
		const wrong = imports.filter(({ from, to, ours }) => {
			const part = from.split('/')[0] ?? '';
			// Tests drive every part with that part's own packages; types of a package may come by another name.
			if (ours || to.startsWith('node:') || part === 'test' || part === 'scripts') return false;
			return !namesOf(part).has(packageOf(to)) && !namesOf(part).has(`@types/${packageOf(to)}`);
		});
		expect(wrong.map(show)).toEqual([]);
	});

	it('make no circle', () => {
		const next = new Map(files.map(({ path, imports }) => [path, imports.filter(({ ours, type }) => ours && !type).map(({ to }) => to)]));
		const done = new Set<string>();
		const circles: string[] = [];
		const visit = (path: string, way: string[]): void => {
			if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' -> '));
			if (way.includes(path) || done.has(path)) return;
			for (const to of next.get(path) ?? []) visit(to, [...way, path]);
			done.add(path);
		};
		for (const path of next.keys()) visit(path, []);
		expect(circles).toEqual([]);
	});

	it('of an adapter are of one AWS client', () => {
		const clients = ({ imports }: SourceFile): Set<string> =>
			new Set(
				imports.filter(({ to }) => /^@aws-sdk\/(client-|lib-dynamodb)/.test(to)).map(({ to }) => to.replace('lib-dynamodb', 'client-dynamodb')),
			);
		expect(files.filter((file) => file.path.startsWith('functions/adapters/') && clients(file).size > 1).map(({ path }) => path)).toEqual([]);
	});
});

describe('files', () => {
	it('are named in kebab-case', () => {
		expect(files.map(({ path }) => path).filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/.test(basename(path)))).toEqual([]);
	});

	it('are small: at most 300 lines', () => {
		const lines = ({ text }: SourceFile): number => text.trimEnd().split('\n').length;
		expect(files.filter((file) => lines(file) > 300).map((file) => `${file.path}: ${lines(file)} lines`)).toEqual([]);
	});

	it('export by name, but for what a tool reads and pages that load when they are needed', () => {
		expect(found(files, /^export default /m).filter((path) => !/(\.config\.ts|\.tsx)$/.test(path))).toEqual([]);
	});

	it('of the product read the environment only where a process begins', () => {
		const edges =
			/^(functions\/[\w-]+\.lambda\.ts|functions\/config\.ts|infra\/app\.ts|local\/main\.ts|operator\/main\.ts|local\/lambda\/(worker|bootstrap)\.ts|task-image\/(agent\/(report-)?|command\/)main\.ts|[\w-]+\/[\w-]+\.config\.ts)$/;
		expect(found(product, /\bprocess\.env\b/).filter((path) => !edges.test(path))).toEqual([]);
	});
});

describe('tests', () => {
	it('all run where they can: none is skipped by hand, marked or left for later', () => {
		const tests = files.filter(({ path }) => /\.(test|spec)\.ts$/.test(path));
		expect(tests.length).toBeGreaterThan(20);
		expect(found(tests, /\b(it|test|describe|suite)(\.\w+)*\.(skip|only|todo|fixme|fails)\b/)).toEqual([]);
	});
});
