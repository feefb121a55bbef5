import { ping, pong } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { encodeFromRelay, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { senderId } from '@shellpod/protocol/ids.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { createConnection } from '@shellpod/task-image/agent/connection.ts';
import type { AboutActivity } from '@shellpod/task-image/agent/line.ts';
import type { TicketAnswer } from '@shellpod/task-image/agent/ticket.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from './support/clocks.ts';
import { goodTicket, peer, scriptedCloud, welcome } from './support/cloud.ts';

const hello = encodeHello(versions);
const viewer = senderId('viewer1');

let clock: ReturnType<typeof manualClock>;
let cloud: ReturnType<typeof scriptedCloud>;
let answers: TicketAnswer[];
let asked: number[];
let received: [string, string][];
let heard: AboutActivity[];
let welcomes: number;
let connection: ReturnType<typeof createConnection>;
let end: Promise<'closed' | 'unwanted'>;

beforeEach(async () => {
	clock = manualClock();
	cloud = scriptedCloud();
	answers = [];
	asked = [];
	received = [];
	heard = [];
	welcomes = 0;
	connection = createConnection({
		clock,
		// The most that jitter can be, near enough.
		random: () => 0.999,
		tickets: async () => {
			asked.push(clock.now());
			return answers.shift() ?? goodTicket;
		},
		dial: cloud.dial,
		unusedMs: () => undefined,
		relayed: () => undefined,
		receive: (sender, payload) => received.push([sender, payload]),
		heard: (message) => heard.push(message),
		welcomed: () => void welcomes++,
		log: () => undefined,
	});
});

const start = async (): Promise<void> => {
	end = connection.run();
	await clock.advance(0);
};

const connect = async (...peers: Parameters<typeof welcome>): Promise<void> => {
	await start();
	cloud.last.events.open();
	cloud.last.events.text(welcome(...peers));
};

const hellos = (): number => cloud.last.sent.filter((text) => text === hello).length;

describe('coming in', () => {
	test('[T1] offers what the ticket says and nothing in the address', async () => {
		await start();
		expect(cloud.last.url).toBe('wss://connections.example/ws');
		expect(cloud.last.protocols).toEqual(['shellpod.v1', 'ticket.abc']);
	});

	test('[T2] says hello first, and again while there is no welcome', async () => {
		await start();
		expect(cloud.last.sent).toEqual([]);
		cloud.last.events.open();
		expect(cloud.last.sent).toEqual([hello]);
		await clock.advance(1_000);
		expect(hellos()).toBe(1);
		await clock.advance(1_000);
		expect(hellos()).toBe(2);
		cloud.last.events.text(welcome());
		await clock.advance(30_000);
		expect(hellos()).toBe(2);
	});

	test('[T2] fatal is final', async () => {
		await start();
		cloud.last.events.open();
		cloud.last.events.text(encodeControl({ type: 'fatal', code: 'not_running', message: 'not wanted' }));
		expect(await end).toBe('unwanted');
		await clock.advance(120_000);
		expect(cloud.lines).toHaveLength(1);
	});

	test('[security 18] one that was cut off for a flood stays away as long as it is told, then comes by itself', async () => {
		await start();
		cloud.last.events.open();
		cloud.last.events.text(encodeControl({ type: 'fatal', code: 'flooding', message: 'too much', retryAfterMs: 300_000 }));
		cloud.last.events.close(1000, '');
		// In vain: the control plane's clock is a little late.
		answers = [{ kind: 'failed', reason: 'no ticket: status 429 flooding', retryAfterMs: 7_000 }];
		await clock.advance(299_999);
		expect(asked).toHaveLength(1);
		await clock.advance(1_000);
		expect(asked).toHaveLength(2);
		await clock.advance(6_500);
		expect(asked).toHaveLength(2);
		await clock.advance(1_500);
		expect(asked).toHaveLength(3);
		cloud.last.events.open();
		expect(hellos()).toBe(1);
	});

	test('[security 18] nobody keeps it away for more than a quarter of an hour', async () => {
		answers = [{ kind: 'failed', reason: 'no ticket: status 429', retryAfterMs: 1e12 }];
		await start();
		await clock.advance(15 * 60_000 + 250);
		expect(asked).toHaveLength(2);
	});

	test('no ticket because the task is not wanted: final', async () => {
		answers = [{ kind: 'unwanted', reason: 'another task' }];
		await start();
		expect(await end).toBe('unwanted');
		expect(cloud.lines).toHaveLength(0);
	});

	test('no ticket for another reason: again after 0.25, 0.5, 1, 2 ... 30 s at most', async () => {
		answers = Array.from({ length: 12 }, () => ({ kind: 'failed', reason: 'away' }) as const);
		await start();
		await clock.advance(200_000);
		const gaps = asked.slice(1).map((at, n) => Math.round(at - (asked[n] ?? 0)));
		expect(gaps.slice(0, 10)).toEqual([250, 500, 999, 1998, 3996, 7992, 15984, 29970, 29970, 29970]);
		expect(cloud.lines).toHaveLength(1);
	});
});

describe('staying', () => {
	test('[T5] says hello every 60 s and pings every 4 min', async () => {
		await connect();
		for (let minute = 1; minute <= 4; minute++) {
			await clock.advance(60_000);
			expect(hellos()).toBe(1 + minute);
			cloud.last.events.text(welcome());
		}
		expect(cloud.last.sent.filter((text) => text === ping)).toHaveLength(1);
		expect(cloud.lines).toHaveLength(1);
	});

	test('a hello that nobody answers ends the connection after 10 s, and the next comes at once', async () => {
		await connect();
		await clock.advance(60_000);
		await clock.advance(10_001);
		expect(cloud.lines[0]?.ended).toBe('destroyed');
		expect(cloud.lines).toHaveLength(2);
	});

	test('words into the void are noticed after at most 20 s', async () => {
		await connect(peer('viewer1'));
		await clock.advance(15_000);
		expect(connection.send(viewer, 'x')).toBe(true);
		await clock.advance(20_001);
		expect(cloud.lines[0]?.ended).toBe('destroyed');
	});

	test('whatever comes in counts as life', async () => {
		await connect(peer('viewer1'));
		connection.send(viewer, 'x');
		await clock.advance(9_000);
		cloud.last.events.text('{"message":"Internal server error","connectionId":"a","requestId":"b"}');
		await clock.advance(40_000);
		expect(cloud.lines[0]?.ended).toBeUndefined();
	});

	test('[T10] a welcomed connection that ends is followed within 2.5 s at random, 1 s where it lived shortly', async () => {
		await connect();
		for (const [lived, wait] of [
			[0, 1_000],
			[29_000, 1_000],
			[60_000, 2_500],
		] as const) {
			await clock.advance(lived);
			cloud.last.events.close(1006, '');
			const before = cloud.lines.length;
			await clock.advance(wait - 10);
			expect(cloud.lines).toHaveLength(before);
			await clock.advance(10);
			expect(cloud.lines).toHaveLength(before + 1);
			cloud.last.events.open();
			cloud.last.events.text(welcome());
		}
	});

	test('[T10] connections that never get a welcome are followed ever later', async () => {
		await start();
		for (const gap of [250, 500, 1_000]) {
			cloud.last.events.close(1006, '');
			const before = cloud.lines.length;
			await clock.advance(gap - 2);
			expect(cloud.lines).toHaveLength(before);
			await clock.advance(2);
			expect(cloud.lines).toHaveLength(before + 1);
		}
	});

	test('[E3] close says goodbye with 1001 and does not come back', async () => {
		await connect();
		connection.close();
		expect(await end).toBe('closed');
		expect(cloud.last).toMatchObject({ ended: 'closed', code: 1001 });
	});

	test('[E3] close ends a wait as well', async () => {
		answers = Array.from({ length: 9 }, () => ({ kind: 'failed', reason: 'away' }) as const);
		await start();
		await clock.advance(20_000);
		connection.close();
		expect(await end).toBe('closed');
	});
});

describe('frames', () => {
	test('[T3] come only from senders that were announced, of this generation', async () => {
		await connect(peer('viewer1'));
		const { events } = cloud.last;
		events.text(encodeFromRelay('viewer1', 3, 'yes'));
		events.text(encodeFromRelay('viewer1', 2, 'old'));
		events.text(encodeFromRelay('viewer2', 3, 'stranger'));
		events.text('{"message":"Forbidden"}');
		events.text('fviewer1');
		events.text(encodeControl({ type: 'peer', generation: 3, peer: peer('viewer2') }));
		events.text(encodeControl({ type: 'peer', generation: 2, peer: peer('viewer3') }));
		events.text(encodeFromRelay('viewer2', 3, 'welcome now'));
		events.text(encodeFromRelay('viewer3', 3, 'never'));
		events.text(encodeControl({ type: 'gone', sender: 'viewer1' }));
		events.text(encodeFromRelay('viewer1', 3, 'gone'));
		expect(received).toEqual([
			['viewer1', 'yes'],
			['viewer2', 'welcome now'],
		]);
	});

	test('[T3] from a sender that was forgotten are dropped, and hello asks for it, at most once a second', async () => {
		await connect(peer('viewer1'));
		await clock.advance(10_000);
		const { events } = cloud.last;
		events.text(encodeControl({ type: 'gone', sender: 'viewer1' }));
		await clock.advance(10_000);
		expect(hellos(), 'nobody is missed yet').toBe(1);
		for (let n = 0; n < 10; n++) events.text(encodeFromRelay('viewer1', 3, 'anybody?'));
		expect(hellos()).toBe(2);
		await clock.advance(2_000);
		expect(hellos()).toBe(3);
		events.text(welcome(peer('viewer1')));
		events.text(encodeFromRelay('viewer1', 3, 'again'));
		expect(received).toEqual([['viewer1', 'again']]);
		events.text(encodeFromRelay('viewer2', 2, 'of an older task'));
		await clock.advance(50_000);
		expect(hellos()).toBe(3);
	});

	test('[T4] go out with the tag of their peer, the newest', async () => {
		await connect(peer('viewer1', 'first'));
		connection.send(viewer, 'a');
		cloud.last.events.text(encodeControl({ type: 'peer', generation: 3, peer: peer('viewer1', 'second') }));
		connection.send(viewer, 'b');
		expect(cloud.last.sent.slice(1)).toEqual([encodeToRelay('first', 'a'), encodeToRelay('second', 'b')]);
	});

	test('[T4] a tag that has ended is asked for by hello, at most once a second', async () => {
		await connect(peer('viewer1', 'short', 20_000));
		await clock.advance(15_000);
		expect(connection.send(viewer, 'late')).toBe(false);
		expect(hellos()).toBe(2);
		cloud.last.events.text(pong);
		for (let n = 0; n < 10; n++) connection.send(viewer, 'late');
		await clock.advance(999);
		expect(hellos()).toBe(2);
		await clock.advance(1_000);
		expect(hellos()).toBe(3);
		cloud.last.events.text(welcome(peer('viewer1', 'long')));
		expect(connection.send(viewer, 'now')).toBe(true);
	});

	test('are not sent to nobody, to strangers, or into a crowded socket', async () => {
		await start();
		expect(connection.send(viewer, 'x')).toBe(false);
		cloud.last.events.open();
		cloud.last.events.text(welcome(peer('viewer1')));
		expect(connection.send(senderId('nobody'), 'x')).toBe(false);
		cloud.crowd(200_000);
		expect(connection.send(viewer, 'x')).toBe(false);
		expect(cloud.last.sent).toEqual([hello]);
	});
});
