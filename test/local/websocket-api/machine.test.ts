import { describe, expect, it } from 'vitest';
import { accountRate, connectRate, createBucket } from '../../../local/api-gateway/throttle.ts';
import type { RouteTarget } from '../../../local/websocket-api/contract.ts';
import { createFrameReader } from '../../../local/websocket-api/frames.ts';
import { alone, faultsOf, hour, minute } from './alone.ts';

const relay: RouteTarget = { kind: 'function', arn: 'relay', timeoutMs: 29_000, answers: false };
const allow = JSON.stringify({
	principalId: 'ann',
	policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] },
	context: { generation: 3, agent: true },
});
const authorized = (arn: string) => ({ kind: 'success', payload: arn === 'authorizer' ? allow : '{"statusCode":200}' }) as const;
const authorizer = { arn: 'authorizer', identity: [{ in: 'header' as const, name: 'X-Token' }] };

describe('upgrades', () => {
	it('[aws-A5d] without a function of $connect are accepted', () => {
		const world = alone();
		world.open();
		expect(world.done).toMatchObject([{ type: 'accept', connection: 'c', protocol: undefined }]);
	});

	it('[aws-A7a] without an identity source are 401, and nobody is asked', () => {
		const world = alone({ authorizer });
		world.open();
		expect(world.done).toMatchObject([{ type: 'refuse', status: 401 }]);
	});

	it('[aws-A5c] of a crashing function are refused with either status, as the seed has it; with 502 without one', () => {
		const routes = new Map([['$connect', { ...relay, arn: 'connect' }]]);
		const statusOf = (faults?: ReturnType<typeof faultsOf>): unknown => {
			const world = alone(
				{ routes, ...(faults && { faults }) },
				{ outcome: () => ({ kind: 'failure', error: { errorType: 'E', errorMessage: 'x' } }) },
			);
			world.open();
			return world.of('refuse')[0]?.status;
		};
		expect(statusOf()).toBe(502);
		expect(new Set(Array.from({ length: 20 }, (_, seed) => statusOf(faultsOf('cut=1m', seed))))).toEqual(new Set([500, 502]));
	});

	it('[aws-A17b] are 500 a second', () => {
		const world = alone({ throttles: { account: createBucket(accountRate), connect: createBucket(connectRate) } });
		for (let one = 0; one < 501; one++) world.open(`c${one}`);
		expect([world.of('accept').length, world.of('refuse').map(({ status }) => status)]).toEqual([500, [429]]);
		world.pass(10);
		for (let one = 0; one < 6; one++) world.open(`d${one}`);
		expect([world.of('accept').length, world.of('refuse').length]).toEqual([505, 2]);
	});
});

describe('time limits', () => {
	it('[aws-A3a] close after 10 minutes without a message in either direction', () => {
		const world = alone();
		world.open();
		world.pass(5 * minute);
		world.say('x');
		world.pass(7 * minute);
		expect(world.manage('POST').answer.status).toBe(200);
		world.pass(10 * minute - 1);
		world.tick();
		expect(world.closes()).toEqual([]);
		world.pass(1);
		world.tick();
		expect(world.closes()).toEqual([1001]);
	});

	it('[aws-A13b] a message to a MOCK route begins the idle time anew', () => {
		const world = alone();
		world.open();
		for (let time = 0; time < 30 * minute; time += 9 * minute) {
			world.say('{"action":"ping"}');
			world.pass(9 * minute);
			world.tick();
		}
		expect([world.closes(), world.ran('relay')]).toEqual([[], []]);
	});

	it('[aws-A4] [aws-A8b] close after two hours, whatever is going on; until then nobody is asked again who it is', () => {
		const world = alone({ authorizer: { ...authorizer, identity: [] } }, { outcome: authorized });
		world.open();
		for (let time = 0; time < 2 * hour; time += 5 * minute) {
			world.say('x');
			world.tick();
			expect(world.closes()).toEqual([]);
			world.pass(5 * minute);
		}
		world.tick();
		expect(world.closes()).toEqual([1001]);
		expect([world.ran('authorizer').length, world.ran('relay').length]).toEqual([1, 24]);
		for (const { event } of [...world.ran('relay'), ...world.ran('disconnect')])
			expect(event.requestContext.authorizer).toEqual({ principalId: 'ann', generation: '3', agent: 'true' });
	});

	it('[aws-A12b] [aws-A12c] answer for a function that takes 29 seconds, once, and the connection stays', () => {
		const world = alone({}, { outcome: () => undefined });
		world.open();
		world.say('x');
		world.pass(28_999);
		world.tick();
		expect(world.sent()).toEqual([]);
		world.pass(1);
		world.tick();
		const [frame = ''] = world.sent();
		expect(JSON.parse(frame)).toEqual({ message: 'Endpoint request timed out', connectionId: 'c', requestId: expect.any(String) });
		const [invoke] = world.of('invoke');
		const error = { errorType: 'E', errorMessage: 'late' };
		world.step({ type: 'answered', token: invoke?.token ?? '', outcome: { kind: 'failure', error } });
		expect(world.sent()).toHaveLength(1);
		world.say('{"action":"ping"}');
		expect(world.sent()[1]).toBe('pong');
	});
});

describe('messages', () => {
	it('[aws-B2i] whose function is throttled are answered with an error frame, and the connection stays', () => {
		const world = alone({}, { outcome: () => ({ kind: 'throttled' }) });
		world.open();
		world.say('x');
		expect(JSON.parse(world.sent()[0] ?? '')).toEqual({ message: 'Internal server error', connectionId: 'c', requestId: expect.any(String) });
		world.say('{"action":"ping"}');
		expect(world.sent()[1]).toBe('pong');
	});

	it('[aws-A10c] without a route that fits and without $default are answered with an error frame', () => {
		const world = alone({ routes: new Map([['hello', relay]]) });
		world.open();
		for (const text of ['{"action":"nobody"}', '{"action":"$default"}', 'x', '{"action":"hello"}']) world.say(text);
		expect(world.sent().map((text) => JSON.parse(text))).toEqual(
			Array(3).fill({ message: 'Forbidden', connectionId: 'c', requestId: expect.any(String) }),
		);
		expect(world.ran('relay')).toHaveLength(1);
	});

	it('[aws-A11a] [aws-A11b] bring back what their function says only where the route has a response', () => {
		const routes = new Map<string, RouteTarget>([
			['$default', relay],
			['asked', { ...relay, answers: true }],
		]);
		const world = alone({ routes }, { outcome: () => ({ kind: 'success', payload: '{"statusCode":500,"body":"said"}' }) });
		world.open();
		world.say('x');
		expect(world.sent()).toEqual([]);
		world.say('{"action":"asked"}');
		expect(world.sent()).toEqual(['said']);
	});

	it('[aws-A13a] to a MOCK route are answered without a function, or not at all', () => {
		const world = alone({ routes: new Map([...['pong', undefined].map((answer, at) => [`m${at}`, { kind: 'mock', answer }] as const)]) });
		world.open();
		world.say('{"action":"m0"}');
		world.say('{"action":"m1"}');
		expect([world.sent(), world.of('invoke')]).toEqual([['pong'], []]);
	});

	it('[aws-A14b] are events with an id of their own and without headers', () => {
		const world = alone();
		world.open();
		world.pass(1_500);
		world.say('x');
		const [{ event } = { event: undefined }] = world.ran('relay');
		expect(event).toEqual({
			requestContext: {
				routeKey: '$default',
				eventType: 'MESSAGE',
				messageId: expect.any(String),
				extendedRequestId: expect.any(String),
				requestId: expect.any(String),
				requestTime: '01/Jan/1970:00:00:01 +0000',
				requestTimeEpoch: 1_500,
				connectedAt: 0,
				messageDirection: 'IN',
				stage: 'ws',
				identity: { userAgent: 'test', sourceIp: '127.0.0.1' },
				domainName: 'abc.execute-api.us-east-1.amazonaws.com',
				connectionId: 'c',
				apiId: 'abc',
			},
			body: 'x',
			isBase64Encoded: false,
		});
	});
});

describe('throttles', () => {
	it('[aws-A17a] are one bucket of 5,000 for messages and posts, filled by 10,000 a second', () => {
		const world = alone();
		world.open();
		for (let one = 0; one < 2_500; one++) {
			world.say('x');
			world.manage('GET');
		}
		expect(world.manage('POST').answer).toMatchObject({ status: 429, name: 'LimitExceededException' });
		world.say('x');
		expect([world.ran('relay').length, world.sent().length]).toEqual([2_500, 1]);
		world.pass(1);
		for (let one = 0; one < 11; one++) world.say('x');
		expect([world.ran('relay').length, world.sent().length]).toEqual([2_510, 2]);
	});

	it('[aws-A17c] answer a message with an error frame, or close with 1008, as the seed has it', () => {
		const none = createBucket({ rate: 1, burst: 0 });
		const outcomeOf = (seed?: number): string => {
			const throttles = { account: none, connect: createBucket(connectRate) };
			const world = alone({ throttles, ...(seed === undefined ? {} : { faults: faultsOf('cut=1m', seed) }) });
			world.open();
			world.say('x');
			return world.closes().length ? String(world.closes()) : JSON.parse(world.sent()[0] ?? '{}').message;
		};
		expect(outcomeOf()).toBe('Too Many Requests');
		expect(new Set(Array.from({ length: 20 }, (_, seed) => outcomeOf(seed)))).toEqual(new Set(['Too Many Requests', '1008']));
	});

	it('fill buckets with time', () => {
		const bucket = createBucket({ rate: 10, burst: 2 });
		expect([1_000, 1_000, 1_000, 1_100, 1_100].map((now) => bucket.take(now))).toEqual([true, true, false, true, false]);
	});
});

describe('the end of a connection', () => {
	it('[aws-A14c] [aws-A15c] is told with what the gateway closed it with, and posts find it gone at once', () => {
		const world = alone();
		world.open();
		expect(world.manage('DELETE').answer).toEqual({ status: 204 });
		expect(world.of('close')).toMatchObject([{ code: 1000 }]);
		expect(world.manage('POST').answer).toMatchObject({ status: 410 });
		expect(world.ran('disconnect')).toMatchObject([
			{ event: { requestContext: { disconnectStatusCode: 1000, disconnectReason: 'Connection Closed Normally' } } },
		]);
		world.step({ type: 'closed', connection: 'c', code: 1005, reason: '' });
		expect(world.ran('disconnect')).toHaveLength(1);
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
