/** Drives Lambda's queue of asynchronous invocations: the wall clock, functions. What waits for another try is lost with the stack. */
import type { Faults } from '../faults/faults.ts';
import type { Functions } from './functions.ts';
import type { Outcome } from './machine.ts';
import { createAsyncQueue, type QueueEffect, type Retry } from './queue.ts';

export interface AsynchronousOptions extends Functions {
	retryOf: (arn: string) => Retry;
	faults: Faults;
	now: () => number;
	/** one line for the operator */
	log: (line: string) => void;
}

export interface Asynchronous {
	/** Takes an event at once; resolves when its first invocation has ended, well or not. */
	send(arn: string, payload: string): Promise<void>;
	stop(): void;
}

/** ms between two looks at what is due */
const tickMs = 500;

export const createAsynchronous = ({ invoke, retryOf, faults, now, log }: AsynchronousOptions): Asynchronous => {
	const queue = createAsyncQueue({ retryOf, faults });
	let stopped = false;

	const run = async (id: number, arn: string, payload: string): Promise<void> => {
		const kind = await invoke(arn, payload).then(
			(outcome): Outcome['kind'] => outcome.kind,
			(error: unknown): Outcome['kind'] => {
				log(`an event for ${arn}: ${error instanceof Error ? error.message : String(error)}`);
				return 'failure';
			},
		);
		if (!stopped) void apply(queue.ended(id, kind, now()));
	};

	const apply = async (effects: readonly QueueEffect[]): Promise<void> => {
		const running = effects.map((effect) => {
			if (effect.type === 'invoke') return run(effect.id, effect.arn, effect.payload);
			log(`an event for ${effect.arn} is given up: ${effect.condition} after ${effect.attempts} attempts`);
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
