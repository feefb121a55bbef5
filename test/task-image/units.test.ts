/** What an agent counts of the gateway's units. C4: functions/core/SPEC.md. */
import { ping, pong } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { senderId } from '@shellpod/protocol/ids.ts';
import { createUnits } from '@shellpod/task-image/agent/units.ts';
import { expect, test } from 'vitest';
import { peer, scriptedCloud } from './support/cloud.ts';

const dialled = () => {
	const cloud = scriptedCloud();
	const texts: string[] = [];
	const units = createUnits(cloud.dial);
	const socket = units.dial('wss://connections.example/ws', [], { open: () => undefined, text: (text) => texts.push(text), close: () => undefined });
	return { socket, units, texts, cloud, hear: (text: string) => cloud.last.events.text(text) };
};

test.each([
	['its own hello', encodeHello([1]), 1],
	['a ping', ping, 1],
	['a frame to a page, which goes out again', encodeToRelay('tag', 'payload'), 2],
	['a frame above a unit', encodeToRelay('tag', 'é'.repeat(17_000)), 4],
])('[C4] sending %s', (_, text, expected) => {
	const { socket, units, cloud } = dialled();
	socket.send(text);
	expect(units.read()).toBe(expected);
	expect(cloud.last.sent).toEqual([text]);
});

test.each([
	['an answer', pong, 1],
	['what the control plane says', encodeControl({ type: 'gone', sender: senderId('viewer1') }), 1],
	['of a page that said hello, which came in and was answered', encodeControl({ type: 'peer', generation: 3, peer: peer('viewer1') }), 3],
	['a frame of a page, which came in before', encodeFromRelay('viewer1', 3, 'payload'), 2],
])('[C4] hearing %s', (_, text, expected) => {
	const { units, texts, hear } = dialled();
	hear(text);
	expect(units.read()).toBe(expected);
	expect(texts).toEqual([text]);
});
