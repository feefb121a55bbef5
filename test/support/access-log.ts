/** A count of the gateway's access log, apart from the stack's own meters. */
import { readFileSync } from 'node:fs';

interface Line {
	time: string;
	type: 'connect' | 'disconnect' | 'message' | 'request';
	connection: string;
	direction: 'in' | 'out';
	bytes: number;
	bytesIn: number;
	bytesOut: number;
}

/** Each begun unit counts, an empty message too. */
const unitsOf = (bytes: number, unit: number): number => Math.max(1, Math.ceil(bytes / unit));
const sum = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((total, one) => total + of(one), 0);

export const countAccessLog = (file: string) => {
	const lines = readFileSync(file, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Line);
	const of = (type: Line['type']): Line[] => lines.filter((line) => line.type === type);
	const messages = of('message');
	const begun = new Map(of('connect').map(({ connection, time }) => [connection, Date.parse(time)]));
	return {
		/** what the meters must say, to the message */
		exact: {
			'messages in': messages.filter(({ direction }) => direction === 'in').length,
			'messages out': messages.filter(({ direction }) => direction === 'out').length,
			'message units': sum(messages, ({ bytes }) => unitsOf(bytes, 32 * 1024)),
			'HTTP requests': of('request').length,
			'HTTP request units': sum(of('request'), ({ bytesIn, bytesOut }) => unitsOf(Math.max(bytesIn, bytesOut), 512 * 1024)),
		},
		connectionMinutes: sum(of('disconnect'), ({ connection, time }) => Date.parse(time) - (begun.get(connection) ?? Number.NaN)) / 60_000,
	};
};
