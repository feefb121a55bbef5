/**
 * The table in memory, behind the same port as DynamoDB: what is kept is JSON, every answer a copy. It understands the conditions that the
 * adapters write, and refuses any other by name. The contract suite of the table runs against it too.
 */
import type { Condition, Item, Items, Written } from '@shellpod/functions/adapters/items.ts';
import type { Key } from '@shellpod/functions/core/keys.ts';

type Value = string | number;
type Term = (item: Item | undefined, condition: Condition) => boolean;

const compare: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
	'=': (a, b) => a === b,
	'<': (a, b) => a < b,
	'<=': (a, b) => a <= b,
	'>': (a, b) => a > b,
	'>=': (a, b) => a >= b,
};

const nameOf = (word: string, condition: Condition): string => (word.startsWith('#') ? (condition.names?.[word] ?? '') : word);

const termOf = (text: string): Term => {
	const existence = /^attribute_(not_)?exists\s*\(\s*([#\w]+)\s*\)$/.exec(text);
	if (existence) {
		const [, not, word = ''] = existence;
		return (item, condition) => (item?.[nameOf(word, condition)] === undefined) === (not !== undefined);
	}
	const [, word, operator = '', placeholder = ''] = /^([#\w]+)\s*(<=|>=|=|<|>)\s*(:\w+)$/.exec(text) ?? [];
	const holds = compare[operator];
	if (word === undefined || !holds) throw new Error(`the table in memory doesn't know the condition ${text}`);
	return (item, condition) => {
		const stored = item?.[nameOf(word, condition)];
		const given = condition.values?.[placeholder];
		if (given === undefined) throw new Error(`the condition has no value ${placeholder}`);
		// Attributes that are missing, or of another type, compare to nothing.
		return typeof stored === typeof given && holds(stored as Value, given);
	};
};

/** by expression: terms joined by AND, those joined by OR */
const parsed = new Map<string, readonly (readonly Term[])[]>();

const parse = (expression: string): readonly (readonly Term[])[] => {
	const known = parsed.get(expression);
	if (known) return known;
	const ways = expression.split(/\s+OR\s+/).map((way) => way.split(/\s+AND\s+/).map((term) => termOf(term.trim())));
	parsed.set(expression, ways);
	return ways;
};

const holds = (item: Item | undefined, condition: Condition | undefined): boolean =>
	condition === undefined || parse(condition.expression).some((way) => way.every((term) => term(item, condition)));

const valid = (value: unknown): boolean => {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
	if (typeof value === 'number') return Number.isFinite(value);
	return typeof value === 'object' && Object.values(value).every((one) => one === undefined || valid(one));
};

const textOf = (item: Item): string => {
	for (const value of Object.values(item)) if (value !== undefined && !valid(value)) throw new TypeError(`the table can't keep a ${typeof value}`);
	return JSON.stringify(item);
};

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Entry extends Key {
	duePk: string;
	dueAt: string;
}

export interface InMemoryItems extends Items {
	/** every item, as of now */
	all(): Item[];
}

export interface InMemoryItemsOptions {
	/** When the index learns of a write; at once where it isn't said. Writes to one item come in their order. */
	indexed?: (learn: () => void) => void;
	/** Called with every change, after it. */
	changed?: (before: Item | undefined, after: Item | undefined) => void;
}

export const createInMemoryItems = ({ indexed = (learn) => learn(), changed }: InMemoryItemsOptions = {}): InMemoryItems => {
	/** partition by partition, each by sort key */
	const partitions = new Map<string, Map<string, string>>();
	const index = new Map<string, Map<string, Entry>>();
	/** by item: how often it was written, and which of the writes the index knows */
	const versions = new Map<string, { written: number; known: number; entry: Entry | undefined }>();

	const textAt = ({ pk, sk }: Key): string | undefined => partitions.get(pk)?.get(sk);
	const read = (key: Key): Item | undefined => {
		const text = textAt(key);
		return text === undefined ? undefined : (JSON.parse(text) as Item);
	};

	const learn = ({ pk, sk }: Key, entry: Entry | undefined): void => {
		const name = `${pk}\n${sk}`;
		const version = versions.get(name) ?? { written: 0, known: 0, entry: undefined };
		versions.set(name, version);
		const own = ++version.written;
		indexed(() => {
			if (own <= version.known) return;
			version.known = own;
			if (version.entry) index.get(version.entry.duePk)?.delete(name);
			version.entry = entry;
			if (!entry) return;
			const partition = index.get(entry.duePk) ?? new Map<string, Entry>();
			index.set(entry.duePk, partition);
			partition.set(name, entry);
		});
	};

	const write = (key: Key, item: (Key & Item) | undefined, condition: Condition | undefined): Written => {
		const before = read(key);
		const text = item && textOf(item);
		if (!holds(before, condition)) return undefined;
		const partition = partitions.get(key.pk) ?? new Map<string, string>();
		partitions.set(key.pk, partition);
		if (text === undefined) partition.delete(key.sk);
		else partition.set(key.sk, text);
		const { duePk, dueAt }: Item = item ?? {};
		const had = before?.duePk !== undefined;
		const entry = typeof duePk === 'string' && typeof dueAt === 'string' ? { pk: key.pk, sk: key.sk, duePk, dueAt } : undefined;
		if (had || entry) learn(key, entry);
		changed?.(before, read(key));
		return { before };
	};

	return {
		get: async (key) => read(key),
		put: async (item, condition) => write({ pk: item.pk, sk: item.sk }, item, condition),
		remove: async (key, condition) => write(key, undefined, condition),
		list: async (pk, prefix) =>
			[...(partitions.get(pk) ?? [])]
				.filter(([sk]) => sk.startsWith(prefix ?? ''))
				.sort(([a], [b]) => order(a, b))
				.map(([, text]) => JSON.parse(text) as Item),
		newest: async (pk, prefix, before, limit) =>
			[...(partitions.get(pk) ?? [])]
				.filter(([sk]) => sk.startsWith(prefix) && (before === undefined || sk < before))
				.sort(([a], [b]) => order(b, a))
				.slice(0, limit)
				.map(([, text]) => JSON.parse(text) as Item),
		async *due(duePk, until) {
			const found = [...(index.get(duePk)?.values() ?? [])].filter(({ dueAt }) => until === undefined || dueAt <= until);
			yield* found.sort((a, b) => order(a.dueAt, b.dueAt) || order(a.pk, b.pk)).map((entry) => ({ ...entry }));
		},
		add: async (key, amounts, also) => {
			const before = read(key);
			const sums = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Number(before?.[name] ?? 0) + amount]));
			write(key, { ...before, ...key, ...sums, ...also }, undefined);
			return sums;
		},
		count: async (key, attribute, first) => {
			const before = read(key);
			const was = typeof before?.[attribute] === 'number' ? before[attribute] : first;
			write(key, { ...before, ...key, [attribute]: was + 1 }, undefined);
			return was;
		},
		all: () => [...partitions.values()].flatMap((partition) => [...partition.values()].map((text) => JSON.parse(text) as Item)),
	};
};
