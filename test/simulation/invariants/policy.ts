/** All that is looked at of how long sessions run, and what is shown of what they cost. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import type { Dialled } from '../world/gateway.ts';
import type { CallWatch } from '../world/lambda.ts';
import { createIdleWatch, type IdleWatch, type Known } from './idle.ts';
import { createIdleEnd } from './idle-end.ts';
import { createMeterWatch } from './meter.ts';
import type { Records } from './records.ts';
import { createSensesWatch } from './senses.ts';

export interface PolicyWatch {
	/** of the functions */
	readonly calls: CallWatch;
	changed(by: string, before: Item | undefined, after: Item | undefined): void;
	/** A task was made for a session. */
	made(task: TaskRecord): void;
	/** The program in a task has heard a key. */
	typed(container: Container, at: number): void;
	/** An end says something. */
	sent(dialled: Dialled, text: string): void;
	look(): void;
	/** What tasks cost, whatever has become of their sessions. */
	settle(): void;
	knownOf(session: string): Known | undefined;
	aboutToStop: IdleWatch['aboutToStop'];
	/** how often sessions were stopped, by why, and questions answered */
	counted(): Readonly<Record<string, number>>;
}

export interface PolicyOptions {
	kernel: Kernel;
	whenCalm(run: () => void): void;
	/** that the operator lets a session run without its user */
	unattendedMs: number;
	records: Pick<Records, 'all' | 'gone' | 'newest'>;
	running(): Iterable<Container>;
	sessionOf(container: Container): string;
	containerOf(session: string): Container | undefined;
	answers(record: SessionRecord): boolean;
	/** Whether somebody in it says of it what isn't so. */
	lies(session: string): boolean;
}

/** ms between two looks */
const every = 5_000;

const recordOf = (item: Item | undefined): SessionRecord | undefined =>
	String(item?.sk).startsWith('SESSION#') ? (item?.record as SessionRecord) : undefined;

export const createPolicyWatch = (options: PolicyOptions): PolicyWatch => {
	const { kernel, records, whenCalm } = options;
	const madeAt = new Map<string, number>();
	let nextAt = 0;
	const idle = createIdleWatch({ ...options, madeAt: (session) => madeAt.get(session) ?? 0, newest: records.newest });
	const end = createIdleEnd({ ...options, records: records.all, knownOf: idle.knownOf });
	const senses = createSensesWatch(kernel);
	const meter = createMeterWatch({ kernel, whenCalm, records: records.all, gone: records.gone });

	return {
		calls: {
			began: (by, name, event) => {
				idle.began(by, name, event);
				meter.began(by, name, event);
			},
			read: idle.read,
			ended: (by, answer) => {
				idle.ended(by, answer);
				meter.ended(by, answer);
			},
			failed: meter.failed,
		},
		changed: (by, before, after) => {
			const next = recordOf(after);
			if (next) idle.changed(by, recordOf(before), next);
			meter.changed(by, before, after);
		},
		made: (task) => {
			madeAt.set(task.startedBy?.split('/')[1] ?? '', task.createdAt);
			meter.made(task);
		},
		typed: (container, at) => {
			senses.typed(container, at);
			end.typed(options.sessionOf(container));
		},
		sent: ({ life, owner }, text) => {
			if (owner === 'thief' || !('task' in owner)) return;
			for (const container of options.running()) if (container.agent === life) senses.sent(container, text);
		},
		look: () => {
			if (kernel.now() < nextAt) return;
			nextAt = kernel.now() + every;
			end.look();
			meter.look();
		},
		settle: meter.settle,
		knownOf: idle.knownOf,
		aboutToStop: idle.aboutToStop,
		counted: () => ({ ...idle.counted, 'stopped: budget': meter.stops }),
	};
};
