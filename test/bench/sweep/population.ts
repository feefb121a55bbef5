/** The sessions of a large deployment, and the tasks of those that run, so that 50 of them are due. */

import { budgetChanged } from '@shellpod/functions/core/budget-watch.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { homeName } from '@shellpod/functions/core/slot.ts';
import { sessionId, userId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { createEcsMachine, type EcsMachine } from '../../../local/ecs/machine/machine.ts';
import { emptyEcs } from '../../../local/ecs/machine/state.ts';
import { intent, lease, record, running, slot } from '../../support/session-records.ts';

export const sizes = { all: 10_000, due: 50, running: 300, trashed: 500, ofUser: 10 } as const;

/**
 * Why they are due. `emptied`: a Home is being emptied, as it is each minute; nothing of it shows. `silent`: its agent does not answer, which is known.
 * `ended`: it was stopped, and the event of its task's end was lost. `budgeted`: its user has a budget, and somebody must look at it; each is another user's.
 */
export const dueKinds = ['emptied', 'silent', 'ended', 'budgeted'] as const;
export type DueKind = (typeof dueKinds)[number];

export interface ActiveSessions {
	records: readonly SessionRecord[];
	/** with their tasks */
	machine: EcsMachine;
}

const minute = 60_000;
const letters = 'abcdefghijklmnopqrstuvwxyz234567';
const cluster = 'shellpod';

/** Spread over the shards of the index, as those that are drawn are. */
const idOf = (index: number) => sessionId([0, 5, 10].map((bits) => letters[(index >> bits) & 31]).join('') + letters.slice(0, 9));

const wanting = (state: SessionRecord['desired']['state'], at: string): SessionRecord['desired'] => ({ state, by: 'user', why: 'You asked', at });

/** @param created ISO 8601 */
const whoIs = (index: number, created: string) => {
	const uid = 100_000 + index;
	const family = homeName(cluster, uid);
	return {
		user: userId(`user-${Math.floor(index / sizes.ofUser)}`),
		id: idOf(index),
		name: `session ${index}`,
		slot: { ...slot, uid, family, roleName: family, accessPointId: `fsap-${uid}` },
		createdAt: created,
	};
};

/** Those that are stopped, or in the trash. */
export const restingSessions = (now: number): SessionRecord[] => {
	const hourAgo = new Date(now - 60 * minute).toISOString();
	const goes = new Date(now + 20 * 24 * 60 * minute).toISOString();
	const active = sizes.due + sizes.running;
	return Array.from({ length: sizes.all - active }, (_, at) => {
		const trashed = at < sizes.trashed;
		const desired = wanting(trashed ? 'trashed' : 'stopped', hourAgo);
		const { step: _step, start: _start, dueAt: _due, ...one } = record({ ...whoIs(active + at, hourAgo), phase: 'stopped', desired });
		return trashed ? { ...one, dueAt: goes } : one;
	});
};

/** Those that are due, and those that run: to be made last, since leases are short. */
export const activeSessions = (kind: DueKind, now: number): ActiveSessions => {
	let asked = now - 20 * minute;
	const iso = (ms: number): string => new Date(now + ms).toISOString();
	let ids = 0;
	const delays = { PROVISIONING: 0, ACTIVATING: 0, DEACTIVATING: 0, DEPROVISIONING: 0 };
	const newId = (): string => (++ids).toString(16).padStart(32, '0');
	const machine = createEcsMachine(emptyEcs(), { region: 'us-east-1', account: '000000000000', delays, newId });
	machine.addCluster(cluster);

	/** As long as nothing changes by itself any more. */
	const settle = (): void => {
		for (const { kind: what, task } of machine.advance(asked).effects) if (what === 'launch') machine.launched(task, asked);
		machine.advance(asked);
	};
	const runTask = ({ id, slot: { family } }: SessionRecord): string => {
		// as fast as ECS takes them
		asked += 500;
		machine.register(
			{
				family,
				networkMode: 'awsvpc',
				requiresCompatibilities: ['FARGATE'],
				cpu: '1024',
				memory: '2048',
				containerDefinitions: [{ name: 'session', image: 'image' }],
			},
			'bench',
			asked,
		);
		const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' } };
		const startedBy = `shellpod/${id}/1`;
		machine.call(
			'RunTask',
			{ cluster, taskDefinition: family, launchType: 'FARGATE', startedBy, clientToken: startedBy, networkConfiguration },
			'bench',
			asked,
		);
		settle();
		return machine.tasks().at(-1)?.arn ?? '';
	};
	const withTask = (one: SessionRecord, work?: 'empty'): SessionRecord => ({
		...one,
		task: intent({ arn: runTask(one), requestedAt: iso(-10 * minute), askedAt: iso(-10 * minute), ...(work && { work }) }),
	});
	const leased = (ms: number) => ({ ...lease(0), leaseUntil: iso(ms) });

	const due: Record<DueKind, (who: Partial<SessionRecord>) => SessionRecord> = {
		emptied: (who) => {
			const purge = { step: 'empty', since: iso(-10 * minute), tries: 0 } as const;
			const {
				step: _,
				start: __,
				...one
			} = record({ ...who, desired: wanting('deleted', iso(-12 * minute)), phase: 'stopped', purge, dueAt: iso(-1) });
			return withTask(one, 'empty');
		},
		silent: (who) => withTask(running({ ...who, agent: leased(-15 * minute), reason: 'Its agent does not answer', dueAt: iso(-1) })),
		ended: (who) => {
			const one = withTask(running({ ...who, desired: wanting('stopped', iso(-minute)), phase: 'stopping', agent: leased(-minute), dueAt: iso(-1) }));
			machine.exited(one.task?.arn ?? '', { code: 0 }, asked);
			settle();
			return one;
		},
		budgeted: (who) =>
			withTask(budgetChanged(running({ ...who, user: userId(`user-${who.slot?.uid}`), agent: leased(relay.leaseMs) }), new Date(now - 1))),
	};

	const recordAt = (_: unknown, index: number): SessionRecord => {
		const who = whoIs(index, iso(-60 * minute));
		if (index < sizes.due) return due[kind](who);
		return withTask(running({ ...who, agent: leased(relay.leaseMs), dueAt: iso(relay.leaseMs) }));
	};
	return { records: Array.from({ length: sizes.due + sizes.running }, recordAt), machine };
};
