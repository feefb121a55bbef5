/** O5: what is on its way to a page is what its way carries in 300 ms, within bounds, and no more than its terminal may have to parse. */
import { decodeArrival, decodeToRelay } from '@shellpod/protocol/frame.ts';
import { type AgentRecord, decodeAgentRecords, decodeViewerRecords } from '@shellpod/protocol/record.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface WayWatch {
	/** An agent sends this. */
	sent(text: string): void;
	/** This has come to an agent. */
	arrived(text: string): void;
}

type Output = Extract<AgentRecord, { type: 'output' }>;

/** One screen on its way to one page. */
interface Way {
	screen: string;
	/** bytes of it that were sent, and that its page is known to show */
	sent: number;
	shown: number;
	/** `under`: bytes of messages that were on their way with it */
	flights: { end: number; bytes: number; at: number; under: number }[];
	/** bytes that the way was seen to carry in `depth` */
	carried: number;
}

/** ms */
const depth = 300;
/** bytes of messages, whatever a way carries, and of what they hold */
const least = 16 * 1_024;
const most = 128 * 1_024;
const unparsed = 512 * 1_024;
/** bytes of messages that are no output: the heads of what is on its way */
const heads = 4_096;

const screenOf = ({ epoch, screen }: { epoch: string; screen: number }): string => `${epoch}/${screen}`;

export const createWayWatch = (kernel: Kernel): WayWatch => {
	/** by terminal */
	const ways = new Map<string, Way>();

	const send = (record: Output, bytes: number): void => {
		const screen = screenOf(record);
		const known = ways.get(record.terminal);
		const way = known?.screen === screen ? known : { screen, sent: 0, shown: 0, flights: [], carried: 0 };
		ways.set(record.terminal, way);
		const end = record.offset + record.bytes.length;
		// It goes once more.
		if (end <= way.sent) return;
		const under = way.flights.reduce((sum, flight) => sum + flight.bytes, 0);
		const window = Math.max(least, Math.min(most, way.carried));
		if (under >= window + heads || way.sent - way.shown >= unparsed)
			kernel.violated(
				'O5',
				`${under} bytes are on their way to ${record.terminal}, ${way.sent - way.shown} to be parsed, where ${window} may be, and more goes`,
			);
		way.sent = end;
		way.flights.push({ end, bytes, at: kernel.now(), under: under + bytes });
	};

	const shows = (terminal: string, screen: string, shown: number): void => {
		const way = ways.get(terminal);
		if (way?.screen !== screen || shown <= way.shown) return;
		way.shown = shown;
		const done = way.flights.filter(({ end }) => end <= shown);
		way.flights = way.flights.filter(({ end }) => end > shown);
		for (const { at, under } of done) way.carried = Math.max(way.carried, (under * depth) / Math.max(1, kernel.now() - at));
	};

	return {
		sent: (text) => {
			const payload = decodeToRelay(text)?.payload;
			if (payload === undefined) return;
			for (const record of decodeAgentRecords(payload)) if (record.type === 'output') send(record, payload.length);
		},
		arrived: (text) => {
			const arrival = decodeArrival(text);
			if (arrival.kind !== 'frame') return;
			for (const record of decodeViewerRecords(arrival.payload)) {
				if (record.type === 'open' && record.has) shows(record.terminal, screenOf(record.has), record.has.shown);
				if (record.type === 'shown' || record.type === 'input') shows(record.terminal, screenOf(record), record.shown);
			}
		},
	};
};
