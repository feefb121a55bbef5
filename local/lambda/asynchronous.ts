/** Drives Lambda's queue of asynchronous invocations: the wall clock, functions. What waits for another try is lost with the stack. */
import { randomUUID } from 'node:crypto';
import type { Faults } from '../faults/faults.ts';
import type { Functions } from './functions.ts';
import type { FunctionError, Outcome } from './machine.ts';
import { createAsyncQueue, type QueueEffect, type Retry } from './queue.ts';

type GivenUp = Extract<QueueEffect, { type: 'give-up' }>;

export interface AsynchronousOptions extends Functions {
	retryOf: (arn: string) => Retry;
	faults: Faults;
	now: () => number;
	/** one line for the operator */
	log: (line: string) => void;
	/** what is left of an event, as Lambda tells its destination of it */
	gaveUp: (arn: string, record: InvocationRecord) => void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export interface InvocationRecord {
	version: '1.0';
	timestamp: string;
	requestContext: { requestId: string; functionArn: string; condition: string; approximateInvokeCount: number };
	requestPayload: unknown;
	responseContext?: { statusCode: 200; executedVersion: '$LATEST'; functionError: 'Unhandled' };
	responsePayload?: FunctionError;
}

export interface Asynchronous {
	/** Takes an event at once; resolves when its first invocation has ended, well or not. */
	send(arn: string, payload: string): Promise<void>;
	stop(): void;
}

/** ms between two looks at what is due */
const tickMs = 500;

export const createAsynchronous = ({ invoke, retryOf, faults, now, log, gaveUp }: AsynchronousOptions): Asynchronous => {
	const queue = createAsyncQueue({ retryOf, faults });
	/** by event: how it failed last */
	const errors = new Map<number, FunctionError>();
	let stopped = false;

	const run = async (id: number, arn: string, payload: string): Promise<void> => {
		const outcome = await invoke(arn, payload).catch(
			(error: Error): Outcome => ({ kind: 'failure', error: { errorType: error.name, errorMessage: error.message } }),
		);
		if ('error' in outcome) errors.set(id, outcome.error);
		else errors.delete(id);
		const { kind } = outcome;
		if (!stopped) void apply(queue.ended(id, kind, now()));
	};

	const giveUp = ({ id, arn, payload, condition, attempts }: GivenUp): void => {
		log(`an event for ${arn} is given up: ${condition} after ${attempts} attempts`);
		const error = errors.get(id);
		errors.delete(id);
		gaveUp(arn, {
			version: '1.0',
			timestamp: new Date(now()).toISOString(),
			requestContext: { requestId: randomUUID(), functionArn: `${arn}:$LATEST`, condition, approximateInvokeCount: attempts },
			requestPayload: JSON.parse(payload),
			...(error && { responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' }, responsePayload: error }),
		});
	};

	const apply = async (effects: readonly QueueEffect[]): Promise<void> => {
		const running = effects.map((effect) => {
			if (effect.type === 'invoke') return run(effect.id, effect.arn, effect.payload);
			giveUp(effect);
			return undefined;
		});
		await Promise.all(running);
	};

	const timer = setInterval(() => void apply(queue.tick(now())), tickMs);
	timer.unref();
	return {
		send: (arn, payload) => apply(queue.accept({ arn, payload }, now())),
		stop: () => {
			stopped = true;
			clearInterval(timer);
		},
	};
};
