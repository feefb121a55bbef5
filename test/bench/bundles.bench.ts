/** Size and init time of each function's bundle, as it would be deployed, against an empty handler. Init: a fresh process that imports it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type EnvName, env } from '../../functions/env.ts';
import { type Bench, type Row, rowOf } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = 15;

interface Template {
	Resources: Record<string, { Type: string; Properties: { Code?: { S3Key?: string }; Environment?: { Variables?: Record<string, unknown> } } }>;
}

interface Bundle {
	name: string;
	file: string;
	/** names of its environment variables; the values only have to be there */
	environment: string[];
}

/** bytes of a bundle: what is loaded late is in files of its own */
const weigh = (folder: string): number => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

const synthesize = (output: string): void => {
	execFileSync(process.execPath, [join(root, 'scripts/synth.mjs'), '--output', output], { cwd: root, stdio: 'ignore' });
};

const bundlesIn = (assembly: string): Bundle[] =>
	readdirSync(assembly)
		.filter((file) => file.endsWith('.template.json'))
		.flatMap((file) => Object.entries((JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Template).Resources))
		.filter(([, resource]) => resource.Type === 'AWS::Lambda::Function')
		.flatMap(([id, { Properties }]) => {
			const folder = join(assembly, `asset.${Properties.Code?.S3Key?.replace('.zip', '')}`);
			const file = readdirSync(folder).find((name) => /^index\.m?js$/.test(name));
			// Custom resources bring Python of their own: not ours to measure.
			return file
				? [
						{
							name: id.replace(/^Control(.+)Function[0-9A-F]{8}$/, '$1'),
							file: join(folder, file),
							environment: Object.keys(Properties.Environment?.Variables ?? {}),
						},
					]
				: [];
		});

const arn = 'arn:aws:ecs:us-east-1:000000000000:x/x';
/** A handler reads its environment when it is loaded, and refuses what can't be; nothing is asked at these addresses. */
const usable: Record<EnvName, string> = {
	[env.table]: 'table',
	[env.cluster]: arn,
	[env.deployment]: 'shellpod',
	[env.subnets]: 'subnet-0',
	[env.securityGroup]: 'sg-0',
	[env.taskDefinition]: arn,
	[env.fileSystem]: 'fs-0',
	[env.homeRolePath]: '/shellpod/home/',
	[env.homeRoleBoundary]: arn,
	[env.agentRoute]: arn,
	[env.connections]: 'https://example.com/ws',
	[env.pageOrigin]: 'https://example.com',
	[env.issuer]: 'https://example.com/pool',
	[env.clientId]: 'client',
	[env.signInBase]: 'https://example.com',
	[env.maxSessions]: '10',
	[env.startsPerHour]: '30',
	[env.createsPerDay]: '20',
	[env.unattendedHours]: '168',
	[env.defaultBudget]: 'none',
	[env.maxBudget]: 'none',
	[env.freeSlots]: '5',
	[env.agentSeconds]: '90',
	[env.automaticRestarts]: '2',
};

const init = (file: string, environment: readonly string[]): number => {
	const script = `const t=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});process.stdout.write(String(performance.now()-t));process.exit()`;
	const values = Object.fromEntries(environment.map((name) => [name, usable[name as EnvName] ?? 'x']));
	const env = { ...values, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', PATH: process.env.PATH };
	return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env }).toString());
};

export const run: Bench = async () => {
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-bundles-'));
	try {
		synthesize(join(folder, 'cdk.out'));
		const empty = join(folder, 'empty', 'index.mjs');
		mkdirSync(dirname(empty));
		writeFileSync(empty, 'export const handler = async () => {};\n');
		const bundles: Bundle[] = [{ name: 'empty handler', file: empty, environment: [] }, ...bundlesIn(join(folder, 'cdk.out'))];
		const times = bundles.map((): number[] => []);
		for (let round = 0; round < samples; round++)
			for (const [index, bundle] of bundles.entries()) times[index]?.push(init(bundle.file, bundle.environment));
		return bundles.flatMap(({ name, file }, index): Row[] => {
			const against = index === 0 ? {} : { against: 'init, empty handler' };
			return [
				{
					name: `size, ${name}`,
					unit: 'KB',
					median: weigh(dirname(file)) / 1024,
					samples: 1,
					...(index === 0 ? {} : { against: 'size, empty handler' }),
				},
				rowOf(`init, ${name}`, 'ms', times[index] ?? [], against),
			];
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
};
