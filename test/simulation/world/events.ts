/** EventBridge: the stand-in's bus with the template's rules, whose deliveries Lambda takes into its queue. */
import type { TaskEvent } from '../../../local/ecs/machine/describe.ts';
import { type BusEffect, createBus } from '../../../local/events/machine.ts';
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

export const createEvents = ({ kernel, faults, lambda }: { kernel: Kernel; faults: Faults; lambda: Lambda }): Events => {
	const chance = kernel.random('events');
	let ids = 0;
	const schedule = (name: string) => ({
		arn: `rule/${name}`,
		everyMs: minute,
		targets: [{ arn: name, policy: { attempts: 0, maxAgeMs: minute } }],
	});
	const bus = createBus({
		account,
		region,
		uuid: () => `event-${ids++}`,
		faults,
		rules: [
			{
				arn: 'rule/task-events',
				pattern: { source: ['aws.ecs'], 'detail-type': ['ECS Task State Change'], detail: { clusterArn: [cluster] } },
				targets: [{ arn: 'task-events', policy: { attempts: 2, maxAgeMs: 5 * minute } }],
			},
			schedule('sweep'),
			schedule('slots'),
			schedule('purge'),
		],
	});
	const now = (): number => Math.floor(kernel.now());
	let wakeAt = Number.POSITIVE_INFINITY;

	/** by task: the newest state that was told */
	const versions = new Map<string, number>();
	const note = (payload: string): void => {
		const { detail } = JSON.parse(payload) as { detail: { taskArn: string; version: number } };
		const newest = versions.get(detail.taskArn) ?? 0;
		if (detail.version < newest) faults.fires('event-overtaken');
		else versions.set(detail.taskArn, detail.version);
	};

	const apply = (effects: readonly BusEffect[]): void => {
		for (const { type, arn, payload } of effects) {
			if (type !== 'deliver') continue;
			if (arn === 'task-events') note(payload);
			lambda.send(arn, payload);
		}
		const next = bus.next() ?? Number.POSITIVE_INFINITY;
		if (next >= wakeAt) return;
		wakeAt = next;
		// in whole ms, as the bus counts
		kernel.after(Math.max(0, Math.ceil(next) + 1 - kernel.now()), 'EventBridge', () => {
			wakeAt = Number.POSITIVE_INFINITY;
			apply(bus.tick(now()));
		});
	};

	return {
		// each on a way of its own: they come in any order
		publish: (event) => void kernel.after(chance.between(50, 800), 'event', () => apply(bus.publish(event, now()))),
		start: () => apply(bus.start(now())),
	};
};
