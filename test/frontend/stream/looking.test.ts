import { epoch, terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { decodeViewerRecords, encodeAgentRecord, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { expect, test } from 'vitest';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const terminal = terminalId('streamtest');
const own = epoch('epoch1');

const createLive = (versions: readonly number[] = [1, 2], visible = true) => {
	const clock = createVirtualClock();
	const said: ViewerRecord[] = [];
	const stream = createTerminalStream({
		terminal,
		clock,
		size: () => ({ columns: 80, rows: 24 }),
		screen: createBufferingScreen(clock).screen,
		send: (payload) => {
			said.push(...decodeViewerRecords(payload));
			return true;
		},
		onState: () => {},
		onDropped: () => {},
		onAside: () => undefined,
		onRoundTrip: () => {},
		onSilence: () => {},
	});
	stream.see(visible);
	stream.connected(versions);
	stream.receive(encodeAgentRecord({ type: 'screen', terminal, epoch: own, received: 0, screen: 1, columns: 80, rows: 24 }));
	const print = (offset: number, later = true) =>
		stream.receive(
			encodeAgentRecord({
				type: 'output',
				terminal,
				epoch: own,
				screen: 1,
				offset,
				received: 0,
				echoed: 0,
				bytes: Uint8Array.of(120),
				...(later && { later }),
			}),
		);
	print(0);
	/** what was said since the last time */
	const heard = () => said.splice(0);
	return { clock, stream, print, heard };
};

test('[O12] that the page is hidden or seen again is said at once, and with everything after', () => {
	const { stream, print, heard } = createLive();
	expect(heard().map((record) => [record.type, 'look' in record && record.look])).toEqual([
		['open', 0],
		['shown', 0],
	]);
	stream.see(false);
	stream.see(false);
	expect(heard()).toMatchObject([{ type: 'shown', shown: 1, look: 1 }]);
	stream.see(true);
	stream.type(Uint8Array.of(107));
	stream.beat();
	print(1, false);
	expect(heard().map((record) => 'look' in record && record.look)).toEqual([2, 2, 2, 2]);
});

test('[O12] should it be lost, what comes next is acknowledged soon, and says it again', () => {
	const { clock, stream, print, heard } = createLive();
	stream.see(false);
	clock.run(60_000);
	stream.see(true);
	heard();
	clock.run(1_000);
	print(1);
	clock.run(relay.acknowledgeUsedMs);
	expect(heard()).toMatchObject([{ type: 'shown', shown: 2, look: 2 }]);
});

test('[O12] a page that is opened in the background says so when it opens', () => {
	const { heard } = createLive([2], false);
	expect(heard()[0]).toMatchObject({ type: 'open', look: 1 });
});

test('[O12] an agent of version 1 hears nothing of it', () => {
	const { stream, heard } = createLive([1]);
	stream.see(false);
	stream.beat();
	expect(heard().some((record) => 'look' in record)).toBe(false);
});
