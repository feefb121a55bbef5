/** What the meters would have cost in us-east-1, on demand, without free tiers. */

import { prices } from '@shellpod/protocol/prices.ts';
import { type MeterName, meterNames, type Readings } from './meters.ts';

/** of one, where one costs anything */
export const priceOf: Readonly<Partial<Record<MeterName, number>>> = {
	'message units': prices.messageUnit,
	'connection minutes': prices.connectionMinute,
	'HTTP request units': prices.requestUnit,
	'function invocations': prices.invocation,
	'function GB-seconds': prices.gigabyteSecond,
	'table read units': prices.readUnit,
	'table write units': prices.writeUnit,
};

/** US dollars */
export const costOf = (readings: Readings): number => meterNames.reduce((sum, name) => sum + readings[name] * (priceOf[name] ?? 0), 0);

/** One line for the end of a run. */
export const costLine = (readings: Readings): string => {
	const messages = readings['messages in'] + readings['messages out'];
	const parts = [`${messages} messages`, `${readings['HTTP requests']} HTTP requests`, `${readings['function invocations']} invocations`];
	return `$${costOf(readings).toFixed(6)} on AWS without tasks and storage: ${parts.join(', ')}`;
};

/** A table for the operator. */
export const bill = (readings: Readings): string => {
	const rows = meterNames.map((name) => {
		const price = priceOf[name];
		const cost = price === undefined ? '' : `$${(readings[name] * price).toFixed(6)}`;
		return [name, readings[name].toLocaleString('en-US', { maximumFractionDigits: 3 }), cost] as const;
	});
	const [first, second, third] = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
	const lines = rows.map(([name, count, cost]) =>
		`${name.padEnd(first ?? 0)}  ${count.padStart(second ?? 0)}  ${cost.padStart(third ?? 0)}`.trimEnd(),
	);
	return [...lines, costLine(readings)].join('\n');
};
