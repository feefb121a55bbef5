/** [T11] One connection of the agent takes over from the other before the gateway cuts. */

import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { epoch, senderId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { createConnection } from '@shellpod/task-image/agent/connection.ts';
import type { TicketAnswer } from '@shellpod/task-image/agent/ticket.ts';
import { beforeEach, expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';
import { goodTicket, peer, scriptedCloud, welcome } from './support/cloud.ts';

const hello = encodeHello(versions);
const [one, two] = [senderId('viewer1'), senderId('viewer2')];

let clock: ReturnType<typeof manualClock>;
let cloud: ReturnType<typeof scriptedCloud>;
let answers: TicketAnswer[];
let received: string[];
let connection: ReturnType<typeof createConnection>;
let end: Promise<'closed' | 'unwanted'>;
let units: number | undefined;
/** hellos, by connection */
let answered: Map<number, number>;

/** The open connections hear a welcome for each hello. */
const pass = async (ms: number): Promise<void> => {
	for (let left = ms; left > 0; left -= 5_000) {
		await clock.advance(Math.min(left, 5_000));
		for (const [at, line] of cloud.lines.entries()) {
			if (!line.ended && hellosOn(at) > (answered.get(at) ?? 0)) line.events.text(welcome(peer('viewer1'), peer('viewer2')));
			answered.set(at, hellosOn(at));
		}
	}
};
const hellosOn = (at: number): number => cloud.lines[at]?.sent.filter((text) => text === hello).length ?? 0;

beforeEach(async () => {
	clock = manualClock();
	cloud = scriptedCloud();
	answers = [];
	received = [];
	answered = new Map();
	units = undefined;
	connection = createConnection({
		clock,
		random: () => 0,
		tickets: async () => answers.shift() ?? goodTicket,
		dial: cloud.dial,
		unusedMs: () => undefined,
		relayed: () => (units === undefined ? undefined : { run: epoch('run000001'), units }),
		receive: (_, payload) => received.push(payload),
		heard: () => undefined,
		welcomed: () => undefined,
		log: () => undefined,
	});
	end = connection.run();
	await clock.advance(0);
	cloud.last.events.open();
	cloud.last.events.text(welcome(peer('viewer1'), peer('viewer2')));
	await pass(relay.handOverMs - 5_000);
});

test('[T11] [P5] each viewer is spoken to on the old connection until it has spoken on the new one; both are heard', async () => {
	await clock.advance(5_000);
	expect(cloud.lines).toHaveLength(2);
	const [old, fresh] = cloud.lines as [(typeof cloud.lines)[0], (typeof cloud.lines)[0]];
	connection.send(one, 'before');
	expect(old.sent.at(-1)).toBe(encodeToRelay('tag-viewer1', 'before'));
	fresh.events.open();
	fresh.events.text(welcome(peer('viewer1', 'new1'), peer('viewer2', 'new2')));
	connection.send(one, 'old');
	expect(old.sent.at(-1)).toBe(encodeToRelay('tag-viewer1', 'old'));
	fresh.events.text(encodeFromRelay('viewer1', 3, 'here'));
	old.events.text(encodeFromRelay('viewer2', 3, 'there'));
	connection.send(one, 'a');
	connection.send(two, 'b');
	expect(fresh.sent.at(-1)).toBe(encodeToRelay('new1', 'a'));
	expect(old.sent.at(-1)).toBe(encodeToRelay('tag-viewer2', 'b'));
	expect(received).toEqual(['here', 'there']);
	await clock.advance(10_000);
	expect(old).toMatchObject({ ended: 'closed', code: 1000 });
	connection.send(two, 'c');
	expect(fresh.sent.at(-1)).toBe(encodeToRelay('new2', 'c'));
	await pass(60_000);
	expect(fresh.ended).toBeUndefined();
	expect(cloud.lines).toHaveLength(2);
});

test('[T11] the old connection doesn’t take the lease back, unless the new one fails; then it is tried again', async () => {
	await clock.advance(5_000);
	cloud.last.events.open();
	const before = hellosOn(0);
	await clock.advance(9_000);
	expect(hellosOn(0)).toBe(before);
	await clock.advance(1_000);
	expect(cloud.lines[1]?.ended).toBe('destroyed');
	expect(hellosOn(0)).toBe(before + 1);
	expect(connection.send(one, 'still')).toBe(true);
	await pass(20_000);
	expect(cloud.lines).toHaveLength(3);
	expect(cloud.lines[0]?.ended).toBeUndefined();
});

test('[T11] without a ticket it is tried again; a task that is not wanted any more ends', async () => {
	answers = [{ kind: 'failed', reason: 'away', retryAfterMs: 60_000 }, goodTicket];
	await pass(5_000);
	expect(answers).toHaveLength(1);
	await pass(55_000);
	expect(cloud.lines).toHaveLength(1);
	await pass(5_000);
	expect(cloud.lines).toHaveLength(2);
	cloud.last.events.open();
	cloud.last.events.text(encodeControl({ type: 'fatal', code: 'not_running', message: 'not wanted' }));
	expect(await end).toBe('unwanted');
	expect(cloud.lines.every(({ ended }) => ended)).toBe(true);
});

test('[T11] when the old one is cut while the new one comes up, the new one is waited for', async () => {
	await clock.advance(5_000);
	cloud.lines[0]?.events.close(1001, 'Going away');
	await clock.advance(3_000);
	expect(cloud.lines).toHaveLength(2);
	cloud.last.events.open();
	cloud.last.events.text(welcome(peer('viewer1', 'new1')));
	expect(connection.send(one, 'a')).toBe(true);
	expect(cloud.last.sent.at(-1)).toBe(encodeToRelay('new1', 'a'));
});

test('[E3] close says goodbye on both', async () => {
	await clock.advance(5_000);
	cloud.last.events.open();
	connection.close();
	expect(await end).toBe('closed');
	expect(cloud.lines.map(({ ended }) => ended)).not.toContain(undefined);
});

test('[E3] [C4] the last that it says is what it has relayed by then, on the connection that has the viewers', async () => {
	await clock.advance(5_000);
	const [old, fresh] = cloud.lines as [(typeof cloud.lines)[0], (typeof cloud.lines)[0]];
	fresh.events.open();
	fresh.events.text(welcome(peer('viewer1'), peer('viewer2')));
	const before = [old, fresh].map(({ sent }) => sent.length);
	units = 77;
	connection.close();
	expect(old.sent.slice(before[0])).toEqual([]);
	expect(fresh.sent.slice(before[1]).map((text) => JSON.parse(text))).toMatchObject([{ action: 'hello', relayed: { units: 77 } }]);
});
