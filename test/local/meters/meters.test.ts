import { describe, expect, it } from 'vitest';
import { bill, costLine, costOf } from '../../../local/meters/bill.ts';
import { createMeters } from '../../../local/meters/meters.ts';
import { alone, minute } from '../websocket-api/alone.ts';

const unit = 32 * 1024;

describe('meters', () => {
	it('[aws-A18a] count messages both ways, in begun units of 32 KB', () => {
		const meters = createMeters();
		for (const bytes of [0, 1, unit]) meters.message('in', bytes);
		for (const bytes of [unit + 1, 4 * unit]) meters.message('out', bytes);
		expect(meters.read(0)).toMatchObject({ 'messages in': 3, 'messages out': 2, 'message units': 9 });
	});

	it('[aws-A18a] [aws-A18b] count what crosses the wire of a WebSocket API: messages, posts, answers and error frames', () => {
		const meter = createMeters();
		const world = alone({ meter }, { outcome: () => ({ kind: 'failure', error: { errorType: 'E', errorMessage: 'x' } }) });
		world.open();
		world.say('{"action":"ping"}');
		world.say('x'.repeat(unit + 1));
		world.manage('POST');
		world.manage('POST', 'nobody');
		world.pass(3 * minute);
		expect(meter.read(world.now())).toMatchObject({ 'messages in': 2, 'messages out': 3, 'message units': 6, 'connection minutes': 3 });
		world.manage('DELETE');
		world.pass(minute);
		expect(meter.read(world.now())).toMatchObject({ 'messages in': 2, 'messages out': 3, 'connection minutes': 3 });
	});

	it('[aws-A18c] count requests of HTTP APIs in begun units of 512 KB', () => {
		const meters = createMeters();
		for (const bytes of [0, 512 * 1024, 512 * 1024 + 1]) meters.request(bytes);
		expect(meters.read(0)).toMatchObject({ 'HTTP requests': 3, 'HTTP request units': 4 });
	});

	it('[aws-A18d] count the time of functions in whole ms by their memory', () => {
		const meters = createMeters();
		meters.invocation(512, 1_999.2);
		meters.invocation(1_024, 0);
		meters.initialization(2_048, 500);
		expect(meters.read(0)).toMatchObject({ 'function invocations': 2, 'function GB-seconds': 1 + 0.001 + 1 });
	});
});

describe('the bill', () => {
	const meters = createMeters();
	for (let one = 0; one < 1_000; one++) {
		meters.message('in', 10);
		meters.message('out', unit + 1);
		meters.invocation(1_024, 20);
		meters.add('table read units', 0.5);
	}
	meters.opened('c', 0);
	const readings = meters.read(100 * minute);

	it('[aws-A18g] is a line that says what it would have cost', () => {
		const expected = (3_000 * 1 + 100 * 0.25 + 1_000 * 0.2 + 500 * 0.125) / 1e6 + 20 * 0.0000133334;
		expect(costOf(readings)).toBeCloseTo(expected, 12);
		expect(costLine(readings)).toBe('$0.003554 on AWS without tasks and storage: 2000 messages, 0 HTTP requests, 1000 invocations');
	});

	it('has a row for each meter', () => {
		expect(bill(readings).split('\n')).toHaveLength(11);
		expect(bill(readings)).toContain('message units         3,000  $0.003000');
	});
});
