import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../local/sqs/machine.ts';
import { createSqs } from '../../../local/sqs/sqs.ts';
import { make, type TestWorld, testWorld } from '../scripted.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
	for (const cleanup of cleanups.splice(0)) cleanup();
});

describe('a queue', () => {
	const limits = { retentionMs: 60_000, visibilityMs: 30_000 };

	it('hides what was received, shows it again, and forgets what is too old', () => {
		const queue = createQueue(limits);
		queue.send('1', 'a', {}, 0);
		queue.send('2', 'b', {}, 0);
		expect(queue.receive(1, 1_000).map(({ id }) => id)).toEqual(['1']);
		expect(queue.receive(10, 2_000).map(({ id }) => id)).toEqual(['2']);
		expect([queue.receive(10, 30_999), queue.count(30_999)]).toEqual([[], { visible: 0, hidden: 2 }]);
		queue.remove('2');
		expect(queue.receive(10, 31_000)).toMatchObject([{ id: '1', received: 2 }]);
		expect(queue.count(60_000)).toEqual({ visible: 0, hidden: 0 });
	});

	it('may be looked at without being hidden, and purged', () => {
		const queue = createQueue(limits);
		queue.send('1', 'a', {}, 0);
		for (let time = 0; time < 3; time++) expect(queue.receive(1, 1, 0)).toHaveLength(1);
		queue.purge();
		expect(queue.all(2)).toEqual([]);
	});
});

describe('SQS', () => {
	const role = { roleArn: 'arn:aws:iam::000000000000:role/sweep', sessionName: 'sweep' };
	const start = async (world: TestWorld, allowed = true) => {
		const sqs = createSqs(world, () => (allowed ? undefined : 'User: sweep is not authorized to perform: sqs:SendMessage'));
		const refs = await make(sqs, [
			['Failed', 'AWS::SQS::Queue', { QueueName: 'sweep-failed', MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true }],
		]);
		const call = async (operation: string, input: object): Promise<{ status: number; body: Record<string, unknown> }> => {
			const body = Buffer.from(JSON.stringify(input));
			const headers = { 'x-amz-target': `AmazonSQS.${operation}` };
			const answer = await sqs.endpoints?.SQS?.({ method: 'POST', path: '/', query: new URLSearchParams(), headers, body, principal: role });
			return { status: answer?.status ?? 0, body: JSON.parse(String(answer?.body)) };
		};
		return { sqs, call, url: refs.Failed ?? '', arn: 'arn:aws:sqs:us-east-1:000000000000:sweep-failed' };
	};
	const fresh = (): TestWorld => {
		const world = testWorld();
		cleanups.push(world.remove);
		return world;
	};

	it('gives the operator what a service sent, over a restart too', async () => {
		const world = fresh();
		const first = await start(world);
		first.sqs.send(first.arn, '{"a":1}', { ERROR_CODE: 'x' }, role);
		const { call, url } = await start(world);
		expect((await call('ListQueues', {})).body).toEqual({ QueueUrls: [url] });
		expect((await call('GetQueueUrl', { QueueName: 'sweep-failed' })).body).toEqual({ QueueUrl: url });
		expect((await call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] })).body).toMatchObject({
			Attributes: { ApproximateNumberOfMessages: '1', MessageRetentionPeriod: '1209600', QueueArn: first.arn },
		});
		const { body } = await call('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 10 });
		expect(body).toMatchObject({
			Messages: [
				{
					Body: '{"a":1}',
					MD5OfBody: createHash('md5').update('{"a":1}').digest('hex'),
					MessageAttributes: { ERROR_CODE: { DataType: 'String', StringValue: 'x' } },
				},
			],
		});
		const [{ ReceiptHandle }] = body.Messages as [{ ReceiptHandle: string }];
		await call('DeleteMessage', { QueueUrl: url, ReceiptHandle });
		expect((await call('ReceiveMessage', { QueueUrl: url })).body).toEqual({});
	});

	it('refuses what it does not know, and who may not send', async () => {
		const { sqs, call, arn, url } = await start(fresh(), false);
		expect(() => sqs.send(arn, '{}', {}, role)).toThrow('not authorized to perform: sqs:SendMessage');
		expect(() => sqs.send(`${arn}-other`, '{}')).toThrow('there is no queue');
		const code = (name: string) => ({ status: 400, body: { __type: `com.amazonaws.sqs#${name}` } });
		expect(await call('SendMessage', { QueueUrl: url })).toMatchObject(code('UnsupportedOperation'));
		expect(await call('ReceiveMessage', { QueueUrl: `${url}x` })).toMatchObject(code('QueueDoesNotExist'));
		expect(await call('ReceiveMessage', { QueueUrl: url, MaxNumberOfMessages: 11 })).toMatchObject(code('InvalidParameterValue'));
	});
});
