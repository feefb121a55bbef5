import { epoch, terminalId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { decodeViewerRecords, encodeAgentRecord, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { expect, test } from 'vitest';
import { createTerminalStream } from '../../../frontend/src/stream/terminal-stream.ts';
import { createBufferingScreen } from '../support/buffering-screen.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A stream whose agent is the test itself, of the version that has many chunks in flight. */
const createTold = () => {
	const clock = createVirtualClock();
	const view = createBufferingScreen(clock);
	const said: { at: number; record: ViewerRecord }[] = [];
	const terminal = terminalId('streamtest');
	const stream = createTerminalStream({
		terminal,
		clock,
		size: () => ({ columns: 80, rows: 24 }),
		screen: view.screen,
		send: (payload) => {
			for (const record of decodeViewerRecords(payload)) if (record.type !== 'open') said.push({ at: clock.now(), record });
			return true;
		},
		onState: () => {},
		onDropped: () => {},
		onAside: () => undefined,
		onRoundTrip: () => {},
		onSilence: () => {},
	});
	const own = epoch('epoch1');
	const output = (offset: number, text: string, later = true) =>
		stream.receive(
			encodeAgentRecord({
				type: 'output',
				terminal,
				epoch: own,
				screen: 1,
				offset,
				received: 0,
				echoed: 0,
				bytes: encode(text),
				...(later && { later }),
			}),
		);
	stream.connected([1, 2]);
	stream.receive(encodeAgentRecord({ type: 'screen', terminal, epoch: own, received: 0, screen: 1, columns: 80, rows: 24 }));
	output(0, '$ ');
	/** Since the last time: what was said, and ms after when. */
	const heard = () => said.splice(0).map(({ at, record }) => [at, record] as const);
	heard();
	return { clock, view, stream, output, heard };
};

test('[O3] what is only watched is acknowledged after 3 s, together; at once where the agent waits for it', () => {
	const { clock, output, heard } = createTold();
	const begun = clock.now();
	output(2, 'a');
	clock.run(1_000);
	output(3, 'b');
	clock.run(2_500);
	expect(heard()).toMatchObject([[begun + relay.acknowledgeMs, { type: 'shown', shown: 4 }]]);
	output(4, 'x'.repeat(500), false);
	expect(heard()).toMatchObject([[clock.now(), { type: 'shown', shown: 504 }]]);
	clock.run(5_000);
	expect(heard()).toEqual([]);
});

test('[O3] what is typed carries the acknowledgement; an echo is acknowledged after 500 ms, so that the next key can do it', () => {
	const { clock, stream, output, heard } = createTold();
	output(2, 'a');
	stream.type(encode('k'));
	expect(heard()).toMatchObject([[clock.now(), { type: 'input', shown: 3 }]]);
	const echoed = clock.now();
	output(3, 'k');
	clock.run(600);
	expect(heard()).toMatchObject([[echoed + relay.acknowledgeUsedMs, { type: 'shown', shown: 4 }]]);
});

test('[O3] what came early and was waited for is acknowledged at once when it is shown', () => {
	const { clock, output, heard } = createTold();
	output(3, 'b', false);
	output(2, 'a');
	expect(heard()).toMatchObject([[clock.now(), { type: 'shown', shown: 4 }]]);
});

test('[O9] after something that can not be read it is asked for what follows, until that comes', () => {
	const { clock, stream, output, heard } = createTold();
	const begun = clock.now();
	for (let n = 0; n < 3; n++) stream.receive('ostreamtest:epoch1,1,2,0,0,d|AAAA');
	clock.run(1_000);
	expect(heard()).toMatchObject([[begun + relay.overtakenMs, { type: 'shown', shown: 2, missing: true }]]);
	output(2, 'a', false);
	expect(heard()).toMatchObject([[clock.now(), { type: 'shown', shown: 3 }]]);
	expect(heard().some(([, record]) => 'missing' in record)).toBe(false);
});

test('[O3] what is missing is asked for after 40 ms, and shown in order when it comes', () => {
	const { clock, view, output, heard } = createTold();
	const begun = clock.now();
	output(4, 'cd');
	clock.run(relay.overtakenMs);
	expect(heard()).toMatchObject([[begun + relay.overtakenMs, { type: 'shown', shown: 2, missing: true }]]);
	output(2, 'ab');
	expect(decode(view.bytes)).toBe('$ abcd');
	output(8, 'gh');
	output(6, 'ef');
	clock.run(relay.overtakenMs);
	expect(heard()).toEqual([]);
	expect(decode(view.bytes)).toBe('$ abcdefgh');
});

test('[O3] while more is missing, what has come is acknowledged at once: the next piece is sent again when that is known', () => {
	const { clock, output, heard } = createTold();
	output(4, 'c');
	output(6, 'e');
	clock.run(relay.overtakenMs);
	heard();
	output(2, 'ab');
	clock.run(10);
	expect(heard()).toMatchObject([[expect.any(Number), { type: 'shown', shown: 5, missing: true }]]);
	output(5, 'd');
	clock.run(10);
	expect(heard()).toEqual([]);
});
