/** The table as functions meet it: late, failing, its answers lost, its index behind; asked again by them as their signed requests are. */
import type { Item, Items } from '@shellpod/functions/adapters/items.ts';
import type { Key } from '@shellpod/functions/core/keys.ts';
import { createInMemoryItems, type InMemoryItems } from '../../support/in-memory-items.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Environment } from './lambda.ts';
import type { Ports } from './ports.ts';

export interface SimulatedTable {
	/** what an environment of a function gets */
	of(environment: Environment): Items;
	/** the truth */
	readonly items: InMemoryItems;
}

export interface TableOptions {
	kernel: Kernel;
	faults: Faults;
	ports: Ports;
	/** Called after each change. `by`: the function that wrote. */
	changed(by: string, before: Item | undefined, after: Item | undefined): void;
}

/** attempts of one request: `signed-fetch.ts` tries again twice */
const attempts = 3;

/** An error that the world put in a call's way: what a handler throws because of it is no fault of the handler's. */
export class InjectedError extends Error {
	constructor(message: string, more: object = {}) {
		super(message);
		Object.assign(this, more);
	}
}

export const createTable = ({ kernel, faults, ports, changed }: TableOptions): SimulatedTable => {
	const chance = kernel.random('table');
	let writer = '';
	let downUntil = 0;
	faults.whenStopped(() => {
		downUntil = 0;
	});
	/** By its own word, or by the time from which TTL may delete it. */
	const hasEnded = (item: Item | undefined): boolean =>
		[item?.endsAt, Number(item?.expires) * 1_000].some((end) => typeof end === 'number' && end <= kernel.now());
	/** TTL deletes when it likes, after the end. */
	const expire = (item: Key & Item): void => {
		if (!faults.has('ttl-late') || typeof item.expires !== 'number') return;
		const late = faults.happens('ttl-late') ? faults.spread('ttl-late', 1_000, 3_600_000) : 0;
		const { pk, sk, expires } = item;
		kernel.after(expires * 1_000 - kernel.now() + late, 'TTL', () => {
			writer = 'ttl';
			void items.remove({ pk, sk }, { expression: 'expires = :expires', values: { ':expires': expires } });
		});
	};
	const read = (item: Item | undefined): Item | undefined => {
		if (faults.has('ttl-late') && hasEnded(item)) faults.fires('ttl-late');
		return item;
	};
	const items = createInMemoryItems({
		indexed: (learn) => {
			if (!faults.happens('index-late')) return learn();
			kernel.after(faults.spread('index-late', 50, 5_000), 'index', learn);
		},
		changed: (before, after) => changed(writer, before, after),
	});

	const latency = (): number => (faults.happens('table-slow') ? faults.between('table-slow', 200, 2_000) : chance.between(1, 12));

	const ask = async <T>(environment: Environment, what: string, work: () => Promise<T>): Promise<T> => {
		for (let attempt = 0; ; attempt++) {
			await kernel.sleep(latency(), what);
			if (faults.happens('table-down')) downUntil = kernel.now() + faults.spread('table-down', 200, 5_000);
			const failed = kernel.now() < downUntil || faults.happens('table-fails');
			if (!failed) {
				// A request that is on its way arrives, whatever has become of the environment that sent it.
				writer = environment.life.name;
				const answer = await work();
				await kernel.sleep(chance.between(1, 4), what);
				if (!faults.happens('table-answer-lost')) return answer;
			}
			if (attempt === attempts - 1) throw new InjectedError(`DynamoDB ${what}: no answer`);
			await kernel.sleep(chance.between(1, 100), what);
		}
	};

	const of = (environment: Environment): Items => {
		const call = <T>(what: string, work: () => Promise<T>): Promise<T> => ports.call(environment, what, () => ask(environment, what, work));
		return {
			get: (key) => call(`get ${key.pk} ${key.sk}`, async () => read(await items.get(key))),
			put: (item, condition) =>
				call(`put ${item.pk} ${item.sk}`, async () => {
					const written = await items.put(item, condition);
					if (written) expire(item);
					return written;
				}),
			remove: (key, condition) =>
				call(`remove ${key.pk} ${key.sk}`, () => {
					// A condition meets what has ended.
					if (condition) void items.get(key).then(read);
					return items.remove(key, condition);
				}),
			list: (pk, prefix) => call(`list ${pk}`, () => items.list(pk, prefix)),
			newest: (pk, prefix, before, limit) => call(`newest ${pk}`, () => items.newest(pk, prefix, before, limit)),
			async *due(duePk, until) {
				const page = await call(`due ${duePk}`, async () => {
					const found: Item[] = [];
					for await (const item of items.due(duePk, until)) found.push(item);
					return found;
				});
				yield* page;
			},
			add: (key, amounts, also) => call(`add ${key.pk}`, () => items.add(key, amounts, also)),
			count: (key, attribute, first) => call(`count ${key.pk}`, () => items.count(key, attribute, first)),
		};
	};
	return { of, items };
};
