/** Stand-in for SQS: queues of the template that keep what AWS's own services could not get done, for the operator to look at. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { generatedName } from '../assembly/names.ts';
import { writeWhole } from '../disk.ts';
import type { Judge } from '../iam/judge.ts';
import { readProperties } from '../properties.ts';
import type { Principal, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { createSqsApi, type KeptQueue } from './api.ts';
import { createQueue, type Message } from './machine.ts';

const QueueProperties = z.strictObject({
	QueueName: z.optional(z.string()),
	/** s; documented defaults */
	MessageRetentionPeriod: z._default(z.number(), 345_600),
	VisibilityTimeout: z._default(z.number(), 30),
	/** without effect on one machine */
	SqsManagedSseEnabled: z.optional(z.boolean()),
	Tags: z.optional(z.unknown()),
});

/** What the other stand-ins use of SQS. */
export interface Queues {
	/**
	 * A message by a service; `by`: the role that it takes for it, whose rights count.
	 * @throws Error when there is no such queue, or the role may not
	 */
	send(arn: string, body: string, attributes?: Message['attributes'], by?: Principal): void;
}

export const createSqs = (world: World, judge: Judge): StandIn & Queues => {
	const folder = world.folder('sqs');
	const queues = new Map<string, KeptQueue>();
	const now = (): number => world.now().getTime();

	const create = (input: ResourceInput): ResourceOutput => {
		// Policies of queues are not judged: they let AWS's services send, and ask for TLS.
		if (input.type === 'AWS::SQS::QueuePolicy') return { ref: generatedName(input), attributes: {} };
		const { QueueName, MessageRetentionPeriod, VisibilityTimeout } = readProperties(QueueProperties, input);
		const name = QueueName ?? generatedName(input);
		const arn = `arn:aws:sqs:${input.region}:${input.account}:${name}`;
		const url = `${world.endpointBase}/sqs/${input.account}/${name}`;
		const file = join(folder, `${name}.json`);
		const limits = { retentionMs: MessageRetentionPeriod * 1_000, visibilityMs: VisibilityTimeout * 1_000 };
		const queue = createQueue(limits, existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Message[]) : []);
		queues.set(arn, { name, arn, url, limits, queue, save: () => writeWhole(file, JSON.stringify(queue.all(now()))) });
		return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
	};

	return {
		types: ['AWS::SQS::Queue', 'AWS::SQS::QueuePolicy'],
		create,
		// The operator's alone: no role of the template may ask.
		endpoints: { SQS: createSqsApi(queues, now) },
		send: (arn, body, attributes = {}, by) => {
			const found = queues.get(arn);
			if (!found) throw new Error(`there is no queue ${arn}`);
			const problem = by && judge(by, [{ action: 'sqs:SendMessage', resources: [arn] }]);
			if (problem !== undefined) throw new Error(problem);
			found.queue.send(randomUUID(), body, attributes, now());
			found.save();
		},
	};
};
