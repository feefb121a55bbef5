import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEvents, type EventsStandIn } from '../../../local/events/events.ts';
import { type AwsServer, createAwsServer } from '../aws-server.ts';

let server: AwsServer;
beforeEach(async () => {
	server = await createAwsServer();
});
afterEach(() => server.close());

const event = (detail: unknown) => ({ source: 's', 'detail-type': 't', resources: [], detail });

/** The bus of one start, with a function that ends when it is told. */
const start = async () => {
	const sent: unknown[] = [];
	const ends: (() => void)[] = [];
	const events: EventsStandIn = createEvents(
		server.world(),
		{
			permits: () => true,
			send: (_, payload) => {
				sent.push((JSON.parse(payload) as { detail: unknown }).detail);
				return new Promise((resolve) => ends.push(resolve));
			},
		},
		{ send: () => {} },
	);
	await events.create(server.resource('AWS::Events::Rule', { EventPattern: { source: ['s'] }, Targets: [{ Arn: 'f', Id: 'f' }] }));
	return {
		sent,
		publish: events.publish,
		start: async () => events.start?.(),
		stop: async () => events.stop?.(),
		end: async () => {
			for (const done of ends.splice(0)) done();
			// what waits for it goes on
			await new Promise(setImmediate);
		},
	};
};

it('delivers after a kill what it took and no function had done, in order, and nothing else', async () => {
	const first = await start();
	await first.start();
	first.publish(event('done'));
	await first.end();
	first.publish(event('under way'));
	expect(first.sent).toEqual(['done', 'under way']);

	const second = await start();
	second.publish(event('early'));
	const third = await start();
	await third.start();
	expect(third.sent).toEqual(['under way', 'early']);
	await third.end();

	const fourth = await start();
	await fourth.start();
	expect(fourth.sent).toEqual([]);
	for (const one of [first, third, fourth]) await one.stop();
});

it('delivers again what ended only because the stack did', async () => {
	const first = await start();
	await first.start();
	first.publish(event('cut off'));
	await first.stop();
	await first.end();
	const second = await start();
	await second.start();
	expect(second.sent).toEqual(['cut off']);
	await second.stop();
});

it('keeps an event as it was taken', async () => {
	const first = await start();
	const detail = { status: 'RUNNING' };
	first.publish(event(detail));
	detail.status = 'STOPPED';
	first.publish(event('another'));
	const second = await start();
	await second.start();
	expect(second.sent).toEqual([{ status: 'RUNNING' }, 'another']);
	await second.stop();
});
