/** What AWS would charge for, counted as the stack runs: since its start, in the units of the bill. */
import { messageUnitBytes } from '@shellpod/protocol/prices.ts';

/** bytes. https://aws.amazon.com/api-gateway/pricing/ */
export const requestUnit = 512 * 1024;

export const meterNames = [
	'messages in',
	'messages out',
	'message units',
	'connection minutes',
	'HTTP requests',
	'HTTP request units',
	'function invocations',
	'function GB-seconds',
	'table read units',
	'table write units',
] as const;

export type MeterName = (typeof meterNames)[number];
export type Readings = Readonly<Record<MeterName, number>>;

export interface Meters {
	add(name: MeterName, amount: number): void;
	/** a message of a WebSocket API, on the wire */
	message(direction: 'in' | 'out', bytes: number): void;
	/** a request of an HTTP API, with the larger of its two bodies */
	request(bytes: number): void;
	/** an event that a function has had, and the ms that it took */
	invocation(memoryMb: number, ms: number): void;
	/** the start of an environment, which is charged for too */
	initialization(memoryMb: number, ms: number): void;
	/** a connection, from here on */
	opened(connection: string, now: number): void;
	closed(connection: string, now: number): void;
	/** connections that are open count up to now */
	read(now: number): Readings;
}

/** Each begun unit counts, and an empty message is one. */
const units = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit));

/** from 1 ms on, in whole ms */
const gigabyteSeconds = (memoryMb: number, ms: number): number => ((memoryMb / 1024) * Math.max(1, Math.ceil(ms))) / 1000;

export const createMeters = (): Meters => {
	const counts = Object.fromEntries(meterNames.map((name) => [name, 0])) as Record<MeterName, number>;
	const open = new Map<string, number>();
	const add: Meters['add'] = (name, amount) => {
		counts[name] += amount;
	};
	return {
		add,
		message: (direction, bytes) => {
			add(`messages ${direction}`, 1);
			add('message units', units(bytes, messageUnitBytes));
		},
		request: (bytes) => {
			add('HTTP requests', 1);
			add('HTTP request units', units(bytes, requestUnit));
		},
		invocation: (memoryMb, ms) => {
			add('function invocations', 1);
			add('function GB-seconds', gigabyteSeconds(memoryMb, ms));
		},
		initialization: (memoryMb, ms) => add('function GB-seconds', gigabyteSeconds(memoryMb, ms)),
		opened: (connection, now) => void open.set(connection, now),
		closed: (connection, now) => {
			const since = open.get(connection);
			if (since === undefined) return;
			open.delete(connection);
			add('connection minutes', (now - since) / 60_000);
		},
		read: (now) => {
			const running = [...open.values()].reduce((sum, since) => sum + (now - since), 0) / 60_000;
			return { ...counts, 'connection minutes': counts['connection minutes'] + running };
		},
	};
};
