import { epoch, terminalId } from '@shellpod/protocol/ids.ts';
import { pace, relay } from '@shellpod/protocol/limits.ts';
import { decodeViewerRecords, encodeAgentRecord, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { expect, test } from 'vitest';
import { createInputQueue } from '../../../frontend/src/stream/input-queue.ts';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

/** A stream that is live, and whose agent acknowledges nothing by itself. */
const createLive = () => {
	const clock = createVirtualClock();
	const said: ViewerRecord[] = [];
	const terminal = terminalId('streamtest');
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
	stream.connected([2]);
	// Another device has the grid, so that what is typed says this one's size too.
	stream.receive(encodeAgentRecord({ type: 'screen', terminal, epoch: epoch('epoch1'), received: 0, screen: 1, columns: 90, rows: 24 }));
	said.length = 0;
	return { stream, said, clock };
};
const inputOf = (said: ViewerRecord[]) =>
	said.flatMap((record) => (record.type === 'input' ? [{ offset: record.offset, text: decode(record.bytes) }] : []));

test('[I6] an interrupt does not wait for the acknowledgement of what is in flight, and goes behind it in one chunk', () => {
	const { stream, said } = createLive();
	stream.type(encode('ls'));
	stream.type(encode(' -l'));
	expect(inputOf(said)).toEqual([{ offset: 0, text: 'ls' }]);
	stream.type(encode('\x03'));
	expect(inputOf(said).at(-1)).toEqual({ offset: 0, text: 'ls -l\x03' });
});

test('[I6] an interrupt goes before anything else, and does not wait for the pace', () => {
	const { stream, said } = createLive();
	for (let n = 0; n <= pace.burst; n++) stream.beat();
	said.length = 0;
	stream.type(encode('k'));
	expect(inputOf(said)).toEqual([]);
	said.length = 0;
	stream.type(encode('\x03'));
	expect(said[0]?.type).toBe('input');
	expect(inputOf(said)).toEqual([{ offset: 0, text: 'k\x03' }]);
});

test('[I6] what one chunk can not hold keeps its order', () => {
	const queue = createInputQueue();
	queue.add({ bytes: encode('a'.repeat(relay.maxChunkBytes)), at: 0, keystroke: true });
	queue.take();
	queue.add({ bytes: encode('\x03'), at: 0, keystroke: true });
	queue.hurry();
	expect(queue.flight?.bytes.length).toBe(relay.maxChunkBytes);
	queue.acknowledge(relay.maxChunkBytes);
	expect(decode(queue.take()?.bytes)).toBe('\x03');
});
