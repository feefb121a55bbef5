/** What an operator needs of SQS's API: to look into a queue and to empty it. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/ */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { AwsHandler, AwsResponse } from '../stand-in.ts';
import type { createQueue, Message } from './machine.ts';

export interface KeptQueue {
	name: string;
	arn: string;
	url: string;
	limits: { retentionMs: number; visibilityMs: number };
	queue: ReturnType<typeof createQueue>;
	/** Writes down what changed. */
	save(): void;
}

const json = (status: number, body: unknown): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/x-amz-json-1.0' },
	body: JSON.stringify(body),
});
const refused = (code: string, message: string): AwsResponse => json(400, { __type: `com.amazonaws.sqs#${code}`, message });

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const shown = ({ id, body, attributes, sentAt, received }: Message) => ({
	MessageId: id,
	// documented as opaque; here nobody receives twice at once
	ReceiptHandle: id,
	MD5OfBody: md5(body),
	Body: body,
	Attributes: { SentTimestamp: String(sentAt), ApproximateReceiveCount: String(received) },
	...(Object.keys(attributes).length > 0 && {
		MessageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }])),
	}),
});

const Input = z.strictObject({
	QueueUrl: z.optional(z.string()),
	QueueName: z.optional(z.string()),
	QueueNamePrefix: z._default(z.string(), ''),
	MaxNumberOfMessages: z._default(z.int().check(z.minimum(1), z.maximum(10)), 1),
	/** s */
	VisibilityTimeout: z.optional(z.int().check(z.minimum(0), z.maximum(43_200))),
	ReceiptHandle: z.optional(z.string()),
	/** what is asked for: everything is shown */
	AttributeNames: z.optional(z.array(z.string())),
	MessageSystemAttributeNames: z.optional(z.array(z.string())),
	MessageAttributeNames: z.optional(z.array(z.string())),
	/** s; nobody waits here */
	WaitTimeSeconds: z.optional(z.number()),
});
type Input = z.infer<typeof Input>;

const attributesOf = ({ arn, queue, limits }: KeptQueue, now: number): Record<string, string> => {
	const { visible, hidden } = queue.count(now);
	return {
		QueueArn: arn,
		ApproximateNumberOfMessages: String(visible),
		ApproximateNumberOfMessagesNotVisible: String(hidden),
		MessageRetentionPeriod: String(limits.retentionMs / 1_000),
		VisibilityTimeout: String(limits.visibilityMs / 1_000),
	};
};

/** By operation; undefined as an answer: an empty body. */
const operations: Record<string, (found: KeptQueue, input: Input, now: number) => unknown> = {
	GetQueueUrl: ({ url }) => ({ QueueUrl: url }),
	GetQueueAttributes: (found, _, now) => ({ Attributes: attributesOf(found, now) }),
	ReceiveMessage: ({ queue, save }, { MaxNumberOfMessages, VisibilityTimeout }, now) => {
		const received = queue.receive(MaxNumberOfMessages, now, VisibilityTimeout === undefined ? undefined : VisibilityTimeout * 1_000);
		save();
		return received.length > 0 ? { Messages: received.map(shown) } : {};
	},
	DeleteMessage: ({ queue, save }, { ReceiptHandle = '' }) => {
		queue.remove(ReceiptHandle);
		save();
	},
	PurgeQueue: ({ queue, save }) => {
		queue.purge();
		save();
	},
};

export const createSqsApi =
	(queues: ReadonlyMap<string, KeptQueue>, now: () => number): AwsHandler =>
	async ({ headers, body }) => {
		const operation = headers['x-amz-target']?.replace(/^AmazonSQS\./, '') ?? '';
		const run = operations[operation];
		if (!run && operation !== 'ListQueues') return refused('UnsupportedOperation', `The local SQS doesn't cover ${operation || 'this protocol'}.`);
		const input = Input.safeParse(JSON.parse(body.toString('utf8') || '{}'));
		if (!input.success) return refused('InvalidParameterValue', `The local SQS doesn't know this of ${operation}: ${z.prettifyError(input.error)}`);
		const all = [...queues.values()];
		if (!run) return json(200, { QueueUrls: all.filter(({ name }) => name.startsWith(input.data.QueueNamePrefix)).map(({ url }) => url) });
		const found = all.find(({ name, url }) => (operation === 'GetQueueUrl' ? name === input.data.QueueName : url === input.data.QueueUrl));
		if (!found) return refused('QueueDoesNotExist', 'The specified queue does not exist.');
		return json(200, run(found, input.data, now()) ?? {});
	};
