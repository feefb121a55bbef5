/** Where the time between a key and its echo goes, by the gateway's access log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stack } from '../support/stack.ts';

/** ms since 1970 */
export interface Echoed {
	from: number;
	until: number;
}

interface Line {
	time: string;
	type: string;
	connection: string;
	direction?: 'in' | 'out';
	at: number;
}

export interface Hops {
	'page to gateway': number;
	'relay function, to the agent': number;
	'agent, tmux and their sockets': number;
	'relay function, to the page': number;
	'gateway to page': number;
}

/** What came in at one connection and went out at another, and back. */
const wayOf = (lines: readonly Line[]) => {
	const input = lines.find(({ direction }) => direction === 'in');
	const output = lines.findLast(({ connection, direction }) => direction === 'out' && connection === input?.connection);
	const passed = lines.find(({ connection, direction }) => direction === 'out' && connection !== input?.connection);
	const echo = lines.findLast(({ connection, direction, at }) => direction === 'in' && connection === passed?.connection && at <= (output?.at ?? 0));
	return input && passed && echo && output ? { input, passed, echo, output } : undefined;
};

/** Mean ms of each part: the log's clock counts in whole ms, so that one key says little and a thousand enough. */
export const hopsOf = (stack: Stack, keys: readonly Echoed[]): Hops => {
	const log = readFileSync(join(stack.state, 'logs/gateway-access.log'), 'utf8')
		.split('\n')
		.filter((text) => text.includes('"type":"message"') && text.endsWith('}'))
		.map((text): Line => {
			const line = JSON.parse(text) as Line;
			// In the middle of its ms.
			return { ...line, at: Date.parse(line.time) + 0.5 };
		});
	const sums = { sent: 0, there: 0, program: 0, back: 0, shown: 0 };
	let counted = 0;
	let next = 0;
	for (const { from, until } of keys) {
		while (next < log.length && (log[next]?.at ?? 0) < from - 1) next++;
		let end = next;
		while (end < log.length && (log[end]?.at ?? 0) <= until + 1) end++;
		const way = wayOf(log.slice(next, end));
		if (!way) continue;
		counted++;
		sums.sent += way.input.at - from;
		sums.there += way.passed.at - way.input.at;
		sums.program += way.echo.at - way.passed.at;
		sums.back += way.output.at - way.echo.at;
		sums.shown += until - way.output.at;
	}
	return {
		'page to gateway': sums.sent / counted,
		'relay function, to the agent': sums.there / counted,
		'agent, tmux and their sockets': sums.program / counted,
		'relay function, to the page': sums.back / counted,
		'gateway to page': sums.shown / counted,
	};
};
