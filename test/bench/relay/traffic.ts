/** Messages on the gateway's WebSockets, by its access log: every one that it meters, whatever it is for. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageUnitBytes } from '@shellpod/protocol/prices.ts';
import type { Stack } from '../../support/stack.ts';
import type { Traffic } from './cost.ts';

interface Line {
	time: string;
	type: string;
	direction?: 'in' | 'out';
	bytes: number;
}

/** @param from ms since 1970 */
export const trafficBetween = (stack: Stack, from: number, until: number): Traffic => {
	const messages = readFileSync(join(stack.state, 'logs/gateway-access.log'), 'utf8')
		.split('\n')
		.filter((text) => text.includes('"type":"message"') && text.endsWith('}'))
		.map((text) => JSON.parse(text) as Line)
		.filter(({ time }) => Date.parse(time) >= from && Date.parse(time) < until);
	const going = (direction: Line['direction']): number => messages.filter((line) => line.direction === direction).length;
	return {
		in: going('in'),
		out: going('out'),
		units: messages.reduce((sum, { bytes }) => sum + Math.max(1, Math.ceil(bytes / messageUnitBytes)), 0),
		bytes: messages.reduce((sum, { bytes }) => sum + bytes, 0),
	};
};
