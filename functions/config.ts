/** What the functions are told by their environment, read once, at the edge. Each function names only what it needs. */
import { dollarsOf } from '@shellpod/protocol/dollars.ts';
import { type EnvName, env } from './env.ts';

type Read<T> = (text: string) => T;

const shaped =
	(pattern: RegExp, hint: string): Read<string> =>
	(text) => {
		if (!pattern.test(text)) throw new TypeError(`must be ${hint}`);
		return text;
	};

const whole =
	(least: number): Read<number> =>
	(text) => {
		const value = Number(text);
		if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) throw new TypeError(`must be a whole number of at least ${least}`);
		return value;
	};

/** US dollars */
const dollars: Read<number | undefined> = (text) => {
	const usd = dollarsOf(text);
	if (usd === undefined && text !== 'none') throw new TypeError('must be a sum in US dollars, or none');
	return usd;
};

const text = shaped(/^\S+$/, 'a word');
const arn = shaped(/^arn:[^:]*:[^:]+:/, 'an ARN');
/** http is for stand-ins on one machine only */
const base = shaped(/^https?:\/\/[^\s/]+(?:\/\S*[^\s/])?$/, 'an address without a slash at its end');

const readers = {
	table: text,
	cluster: arn,
	deployment: shaped(/^[a-z0-9-]{1,12}$/, '1 to 12 of a-z, 0-9 and -'),
	subnets: (list: string): string[] => list.split(',').map(shaped(/^subnet-\w+$/, 'subnet ids with commas between them')),
	securityGroup: shaped(/^sg-\w+$/, 'the id of a security group'),
	taskDefinition: arn,
	fileSystem: shaped(/^fs-\w+$/, 'the id of a file system'),
	homeRolePath: shaped(/^\/(?:[\w+=,.@-]+\/)*$/, 'an IAM path with slashes at both ends'),
	homeRoleBoundary: arn,
	agentRoute: arn,
	connections: base,
	pageOrigin: shaped(/^https?:\/\/[^\s/]+$/, 'an origin'),
	issuer: base,
	clientId: text,
	signInBase: base,
	maxSessions: whole(1),
	startsPerHour: whole(1),
	createsPerDay: whole(1),
	unattendedHours: whole(1),
	defaultBudget: dollars,
	maxBudget: dollars,
	freeSlots: whole(1),
	agentSeconds: whole(1),
	automaticRestarts: whole(0),
} satisfies Record<keyof typeof env, Read<unknown>>;

type Readers = typeof readers;
export type ConfigName = keyof Readers;
export type Config<Name extends ConfigName = ConfigName> = { readonly [N in Name]: ReturnType<Readers[N]> };

/** Reads the named values. Throws one Error whose single line lists everything that is missing or bad. */
export const readConfig = <const Name extends ConfigName>(
	source: Readonly<Record<string, string | undefined>>,
	names: readonly Name[],
): Config<Name> => {
	const problems: string[] = [];
	const entries = names.map((name) => {
		const variable: EnvName = env[name];
		const value = source[variable];
		try {
			if (value === undefined || value === '') throw new TypeError('is missing');
			return [name, readers[name](value)];
		} catch (cause) {
			problems.push(`${variable} ${cause instanceof Error ? cause.message : 'is bad'}`);
			return [name, undefined];
		}
	});
	if (problems.length > 0) throw new Error(`the environment of this function is not usable: ${problems.join('; ')}`);
	return Object.fromEntries(entries) as Config<Name>;
};

/** What a function that moves sessions must be told. */
export const driveConfig = [
	'table',
	'cluster',
	'deployment',
	'subnets',
	'securityGroup',
	'taskDefinition',
	'fileSystem',
	'agentSeconds',
	'automaticRestarts',
	'connections',
	'unattendedHours',
] as const;

/** What a function that looks at budgets must be told besides. */
export const budgetConfig = ['defaultBudget', 'maxBudget'] as const;
