import { describe, expect, it } from 'vitest';
import { createBucket } from '../../../local/api-gateway/throttle.ts';
import type { Effect, SocketApi } from '../../../local/websocket-api/contract.ts';
import { createFrameReader } from '../../../local/websocket-api/frames.ts';
import { createSocketMachine } from '../../../local/websocket-api/machine.ts';
import { createSelection } from '../../../local/websocket-api/selection.ts';

const plenty = () => createBucket({ rate: 1_000, burst: 1_000 });
const hour = 3_600_000;

let ids = 0;
const api = (over: Partial<SocketApi> = {}): SocketApi => ({
	id: 'abc',
	stage: 'ws',
	domainName: 'abc.execute-api.us-east-1.amazonaws.com',
	region: 'us-east-1',
	account: '000000000000',
	selection: createSelection('$request.body.action'),
	routes: new Map([
		['$default', { kind: 'function', arn: 'relay', timeoutMs: 29_000, answers: false }],
		['$disconnect', { kind: 'function', arn: 'disconnect', timeoutMs: 29_000, answers: false }],
		['ping', { kind: 'mock', answer: 'pong' }],
	]),
	throttles: { account: plenty(), connect: plenty() },
	uuid: () => `id-${++ids}`,
	maxFrameBytes: 32 * 1024,
	maxMessageBytes: 128 * 1024,
	idleMs: 10 * 60_000,
	maxConnectionMs: 2 * hour,
	...over,
});

const request = { method: 'GET', target: '/ws', headers: [], body: Buffer.alloc(0), sourceIp: '127.0.0.1' };

/** A machine with one open connection, and the time. */
const opened = (over: Partial<SocketApi> = {}) => {
	const machine = createSocketMachine(api(over));
	expect(machine.step({ type: 'upgrade', connection: 'c', request }, 0)).toEqual([{ type: 'accept', connection: 'c', protocol: undefined }]);
	return machine;
};

const closes = (effects: readonly Effect[]): number[] => effects.flatMap((effect) => (effect.type === 'close' ? [effect.code] : []));

describe('time limits', () => {
	it('close after 10 minutes without a message in either direction', () => {
		const machine = opened();
		machine.step({ type: 'message', connection: 'c', text: '{"action":"ping"}' }, 5 * 60_000);
		machine.manage('POST', 'c', Buffer.from('x'), 0, 12 * 60_000);
		expect(closes(machine.step({ type: 'tick' }, 22 * 60_000 - 1))).toEqual([]);
		expect(closes(machine.step({ type: 'tick' }, 22 * 60_000))).toEqual([1001]);
	});

	it('close after two hours, whatever is going on', () => {
		const machine = opened();
		for (let time = 0; time < 2 * hour; time += 5 * 60_000) {
			machine.step({ type: 'message', connection: 'c', text: 'x' }, time);
			expect(closes(machine.step({ type: 'tick' }, time))).toEqual([]);
		}
		expect(closes(machine.step({ type: 'tick' }, 2 * hour))).toEqual([1001]);
	});

	it('answer for a function that takes 29 seconds, once', () => {
		const machine = opened();
		const [invoke] = machine.step({ type: 'message', connection: 'c', text: 'x' }, 1_000);
		expect(machine.step({ type: 'tick' }, 29_999)).toEqual([]);
		const [frame] = machine.step({ type: 'tick' }, 30_000);
		expect(JSON.parse(frame?.type === 'send' ? frame.text : '')).toMatchObject({ message: 'Endpoint request timed out', connectionId: 'c' });
		const token = invoke?.type === 'invoke' ? invoke.token : '';
		expect(machine.step({ type: 'answered', token, outcome: { kind: 'failure', error: { errorType: 'E', errorMessage: 'late' } } }, 31_000)).toEqual(
			[],
		);
	});
});

describe('throttles', () => {
	it('refuse connections with 429, messages with an error frame, posts with LimitExceeded', () => {
		const none = createBucket({ rate: 1, burst: 0 });
		const machine = createSocketMachine(api({ throttles: { account: plenty(), connect: none } }));
		expect(machine.step({ type: 'upgrade', connection: 'c', request }, 0)).toMatchObject([{ type: 'refuse', status: 429 }]);
		const open = opened({ throttles: { account: none, connect: plenty() } });
		expect(open.step({ type: 'message', connection: 'c', text: 'x' }, 0)).toMatchObject([
			{ type: 'send', text: expect.stringContaining('Too Many Requests') },
		]);
		expect(open.manage('POST', 'c', Buffer.from('x'), 0, 0).answer).toMatchObject({ status: 429, name: 'LimitExceededException' });
	});

	it('refuse posts to a client that takes nothing', () => {
		const machine = opened();
		expect(machine.manage('POST', 'c', Buffer.from('x'), 2 * 1024 * 1024, 0).answer).toMatchObject({ status: 429 });
	});

	it('fill buckets with time', () => {
		const bucket = createBucket({ rate: 10, burst: 2 });
		expect([bucket.take(1_000), bucket.take(1_000), bucket.take(1_000), bucket.take(1_100), bucket.take(1_100)]).toEqual([
			true,
			true,
			false,
			true,
			false,
		]);
	});
});

describe('the end of a connection', () => {
	it('is told with what the gateway closed it with, and posts find it gone at once', () => {
		const machine = opened();
		expect(machine.manage('DELETE', 'c', Buffer.alloc(0), 0, 10)).toMatchObject({
			answer: { status: 204 },
			effects: [{ type: 'close', code: 1000 }],
		});
		expect(machine.manage('POST', 'c', Buffer.from('x'), 0, 11).answer).toMatchObject({ status: 410 });
		const [disconnect] = machine.step({ type: 'closed', connection: 'c', code: 1005, reason: '' }, 12);
		expect(disconnect).toMatchObject({
			arn: 'disconnect',
			event: { requestContext: { disconnectStatusCode: 1000, disconnectReason: 'Connection Closed Normally' } },
		});
		expect(machine.step({ type: 'closed', connection: 'c', code: 1005, reason: '' }, 13)).toEqual([]);
	});
});

describe('the frame reader', () => {
	it('finds lengths however the bytes are cut', () => {
		const frame = (bytes: number): Buffer => {
			const header = bytes < 126 ? Buffer.from([0x81, 0x80 | bytes]) : bytes < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
			if (bytes >= 126) header.set([0x81, 0x80 | (bytes < 65_536 ? 126 : 127)]);
			if (bytes >= 126 && bytes < 65_536) header.writeUInt16BE(bytes, 2);
			if (bytes >= 65_536) header.writeBigUInt64BE(BigInt(bytes), 2);
			return Buffer.concat([header, Buffer.alloc(4), Buffer.alloc(bytes, 0x81)]);
		};
		const sizes = [0, 1, 125, 126, 32_768, 32_769, 70_000, 3];
		const stream = Buffer.concat(sizes.map(frame));
		for (const step of [1, 3, 7, 1_000, stream.length]) {
			const seen: number[] = [];
			const read = createFrameReader((bytes) => seen.push(bytes));
			for (let at = 0; at < stream.length; at += step) read(stream.subarray(at, at + step));
			expect(seen).toEqual(sizes);
		}
	});
});
