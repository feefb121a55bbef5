/** What was typed, as a command. Pure: throws Problem with exit code 2 for what is no command. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { mostOfALimit } from '@shellpod/protocol/limits.ts';
import { exits, Problem } from './problem.ts';

export interface Target {
	/** name of the deployment */
	deployment: string;
	region?: string;
	profile?: string;
}

export interface LimitChanges {
	sessions?: number;
	startsPerHour?: number;
	createsPerDay?: number;
}

export type Command =
	| { kind: 'help' }
	| { kind: 'invite'; name: string; email?: string; again: boolean }
	| { kind: 'list'; json: boolean }
	| { kind: 'disable'; name: string; reason?: string }
	| { kind: 'enable'; name: string }
	| { kind: 'delete'; name: string; yes: boolean }
	| { kind: 'sign-out'; name: string }
	| { kind: 'limits'; name: string; changes: LimitChanges; toDefault: boolean }
	| { kind: 'starts'; on?: boolean; reason?: string };

const usage = (message: string): Problem => new Problem(`${message}. \`npm run shellpod-admin -- help\` shows the commands.`, exits.usage);

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const everywhere = { deployment: text, region: text, profile: text, help: { ...flag, short: 'h' } } as const;

/** Each command's options, and what it takes beside them. */
const grammar = {
	help: { options: {}, takes: '' },
	invite: { options: { email: text, again: flag }, takes: 'NAME' },
	list: { options: { json: flag }, takes: '' },
	disable: { options: { reason: text }, takes: 'NAME' },
	enable: { options: {}, takes: 'NAME' },
	delete: { options: { yes: flag }, takes: 'NAME' },
	'sign-out': { options: {}, takes: 'NAME' },
	limits: { options: { sessions: text, 'starts-per-hour': text, 'creates-per-day': text, default: flag }, takes: 'NAME' },
	starts: { options: { reason: text }, takes: 'on, off or nothing' },
} as const satisfies Record<Command['kind'], { options: ParseArgsOptionsConfig; takes: string }>;

/** The names that sign-in pages and people get right: no capitals, nothing that looks like something else. */
const newName = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
/** whatever the user pool may hold, by the console too */
const anyName = /^[\x21-\x7e]{1,128}$/;
const emailAddress = /^[^\s@]{1,64}@[^\s@]+\.[^\s@]+$/;
const reasonLength = 200;

const isKind = (word: string): word is Command['kind'] => Object.hasOwn(grammar, word);

const nameOf = (kind: string, word: string | undefined): string => {
	if (word === undefined) throw usage(`${kind} needs a NAME`);
	if (!anyName.test(word)) throw usage('A name has no spaces, and at most 128 characters');
	return word;
};

const reasonOf = (given: string | undefined): { reason?: string } => {
	if (given === undefined) return {};
	const reason = given.trim();
	// Users read it on their page.
	if (reason === '' || reason.length > reasonLength || /\p{Cc}/u.test(reason))
		throw usage(`A reason is one line of at most ${reasonLength} characters`);
	return { reason };
};

const countOf = (option: string, given: string | undefined): number | undefined => {
	if (given === undefined) return undefined;
	const count = Number(given);
	if (!/^\d+$/.test(given) || count > mostOfALimit) throw usage(`--${option} is a whole number from 0 to ${mostOfALimit}`);
	return count;
};

type Values = Readonly<Record<string, string | boolean | undefined>>;
const word = (values: Values, name: string): string | undefined => {
	const value = values[name];
	return typeof value === 'string' ? value : undefined;
};

const limitsOf = (name: string, values: Values): Command => {
	const given = {
		sessions: countOf('sessions', word(values, 'sessions')),
		startsPerHour: countOf('starts-per-hour', word(values, 'starts-per-hour')),
		createsPerDay: countOf('creates-per-day', word(values, 'creates-per-day')),
	};
	const changes: LimitChanges = Object.fromEntries(Object.entries(given).filter(([, count]) => count !== undefined));
	const toDefault = values.default === true;
	if (toDefault && Object.keys(changes).length > 0) throw usage('--default takes all limits back: give no others with it');
	return { kind: 'limits', name, changes, toDefault };
};

const readers: Readonly<Record<Command['kind'], (first: string | undefined, values: Values) => Command>> = {
	help: () => ({ kind: 'help' }),
	invite: (first, values) => {
		const name = nameOf('invite', first);
		if (!newName.test(name)) throw usage('A new name is 1 to 32 small letters, digits and dashes, and has no dash at its ends');
		const email = word(values, 'email');
		if (email !== undefined && !emailAddress.test(email)) throw usage(`${JSON.stringify(email)} is no address for mail`);
		return { kind: 'invite', name, again: values.again === true, ...(email !== undefined && { email }) };
	},
	list: (_, values) => ({ kind: 'list', json: values.json === true }),
	disable: (first, values) => ({ kind: 'disable', name: nameOf('disable', first), ...reasonOf(word(values, 'reason')) }),
	enable: (first) => ({ kind: 'enable', name: nameOf('enable', first) }),
	delete: (first, values) => ({ kind: 'delete', name: nameOf('delete', first), yes: values.yes === true }),
	'sign-out': (first) => ({ kind: 'sign-out', name: nameOf('sign-out', first) }),
	limits: (first, values) => limitsOf(nameOf('limits', first), values),
	starts: (first, values) => {
		if (first !== undefined && first !== 'on' && first !== 'off') throw usage(`starts takes on or off, not ${JSON.stringify(first)}`);
		const reason = reasonOf(word(values, 'reason'));
		if (first !== 'off' && reason.reason !== undefined) throw usage('--reason goes with starts off');
		return { kind: 'starts', ...reason, ...(first !== undefined && { on: first === 'on' }) };
	},
};

/** infra's own */
const defaultDeployment = 'shellpod';

const parse = (kind: string, args: string[], options: ParseArgsOptionsConfig): { values: Values; positionals: string[] } => {
	try {
		const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
		return { values: values as Values, positionals };
	} catch (error) {
		// One sentence of Node's, before its advice on dashes.
		throw usage(`${kind}: ${String(error instanceof Error ? error.message : error).split(/[.]?\s*\n|[.] /)[0]}`);
	}
};

export const parseCommandLine = (args: readonly string[]): { command: Command; target: Target } => {
	const [kind = 'help', ...rest] = args;
	if (kind === '--help' || kind === '-h') return { command: { kind: 'help' }, target: { deployment: defaultDeployment } };
	if (!isKind(kind)) throw usage(`There is no command ${JSON.stringify(kind)}`);
	const { options, takes } = grammar[kind];
	const { values, positionals } = parse(kind, rest, { ...everywhere, ...options });
	const [first, second] = positionals;
	const extra = takes === '' ? first : second;
	if (extra !== undefined) throw usage(`${kind} takes ${takes || 'nothing'}, and got ${JSON.stringify(extra)} besides`);
	const { region, profile } = { region: word(values, 'region'), profile: word(values, 'profile') };
	const target = {
		deployment: word(values, 'deployment') ?? defaultDeployment,
		...(region !== undefined && { region }),
		...(profile !== undefined && { profile }),
	};
	return { command: values.help ? { kind: 'help' } : readers[kind](first, values), target };
};
