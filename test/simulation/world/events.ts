/** EventBridge: the stand-in's bus with the template's rules; its events late, doubled, lost, and Lambda's own retries. */
import type { TaskEvent } from '../../../local/ecs/machine/describe.ts';
import { createBus, type Invocation } from '../../../local/events/machine.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Lambda } from './lambda.ts';
import { account, cluster, region } from './names.ts';

export interface Events {
	publish(event: TaskEvent): void;
	/** The schedules begin. */
	start(): void;
}

const minute = 60_000;
/** Lambda's own, for asynchronous invocations */
const retry = { attempts: 2, maxAgeMs: 6 * 60 * minute };
const noRetry = { attempts: 0, maxAgeMs: minute };

export const createEvents = (options: { kernel: Kernel; faults: Faults; lambda: Lambda }): Events => {
	const { kernel, faults, lambda } = options;
	const chance = kernel.random('events');
	let ids = 0;
	const schedule = (name: string) => ({ arn: `rule/${name}`, everyMs: minute, targets: [{ arn: name, retry: noRetry }] });
	const bus = createBus({
		account,
		region,
		uuid: () => `event-${ids++}`,
		rules: [
			{
				arn: 'rule/task-events',
				pattern: { source: ['aws.ecs'], 'detail-type': ['ECS Task State Change'], detail: { clusterArn: [cluster] } },
				targets: [{ arn: 'task-events', retry }],
			},
			schedule('sweep'),
			schedule('slots'),
		],
	});
	const now = (): number => Math.floor(kernel.now());

	const invoke = async ({ id, arn, payload }: Invocation): Promise<void> => {
		if (faults.happens('invoked-twice')) void lambda.invoke(arn, JSON.parse(payload));
		const outcome = await lambda.invoke(arn, JSON.parse(payload));
		if (bus.ended(id, outcome.kind === 'success', now()) === 'again')
			for (const pause of [minute, 2 * minute]) kernel.after(pause + 1, 'retries', tick);
	};

	const begin = (invocations: readonly Invocation[]): void => {
		for (const one of invocations) kernel.after(chance.between(5, 500), `event to ${one.arn}`, () => void invoke(one));
	};

	const tick = (): void => {
		const due = bus.tick(now());
		const lost = (one: Invocation): boolean => one.arn !== 'task-events' && faults.happens('minute-lost');
		begin(due.filter((one) => !lost(one)));
	};

	return {
		publish: (event) => {
			if (faults.happens('event-lost')) return;
			const late = faults.happens('event-late') ? faults.spread('event-late', 1_000, 5 * minute) : chance.between(50, 800);
			kernel.after(late, 'event', () => begin(bus.publish(structuredClone(event), now())));
			if (faults.happens('event-doubled'))
				kernel.after(late + chance.between(0, 5_000), 'event', () => begin(bus.publish(structuredClone(event), now())));
		},
		start: () => {
			const everyMinute = (): void => {
				tick();
				kernel.after(minute, 'schedules', everyMinute);
			};
			everyMinute();
		},
	};
};
