/** Session records and observed tasks for tests, with only what a test cares about spelled out. */
import type { IdleState } from '@shellpod/functions/core/idle.ts';
import { clientToken } from '@shellpod/functions/core/intent.ts';
import type { SessionRecord, Slot, TaskIntent } from '@shellpod/functions/core/record.ts';
import type { ObservedTask } from '@shellpod/functions/ports.ts';
import { connectionId, senderId, sessionId, userId } from '@shellpod/protocol/ids.ts';

export const user = userId('user-1');
export const session = sessionId('aaaaaaaaaaaa');
export const network = { subnets: ['subnet-1', 'subnet-2'], securityGroup: 'sg-1' };
/** what the operator allows */
export const idle = { unattendedMs: 168 * 3_600_000 };
/** what is needed of a deployment beside its base, as it is by default */
export const plan = { network, agentMs: 90_000, restarts: 2, idle };
export const base = 'arn:aws:ecs:us-east-1:000000000000:task-definition/shellpod-base:1';

export const slot: Slot = {
	uid: 100_000,
	accessPointId: 'fsap-1',
	roleName: 'shellpod-home-100000',
	roleArn: 'arn:aws:iam::000000000000:role/shellpod/shellpod-home-100000',
	family: 'shellpod-home-100000',
	definition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/shellpod-home-100000:1',
	base,
};

export const epoch = Date.parse('2026-11-22T08:00:00.000Z');
/** The time `seconds` after the tests' beginning. */
export const at = (seconds: number): string => new Date(epoch + seconds * 1_000).toISOString();
export const dateAt = (seconds: number): Date => new Date(epoch + seconds * 1_000);

export const intent = (changes: Partial<TaskIntent> = {}): TaskIntent => {
	const { generation = 1, attempt = 1 } = changes;
	return {
		generation,
		attempt,
		clientToken: clientToken(session, generation, attempt),
		definition: slot.definition,
		network,
		requestedAt: at(0),
		askedAt: at(0),
		...changes,
	};
};

/** With all that happened to it written down. */
const known = (one: SessionRecord): SessionRecord => {
	const { phase, generation, desired } = one;
	return { ...one, trail: { told: { phase, generation, wanted: desired.state, askedAt: desired.at }, pending: [] } };
};

const created: SessionRecord = {
	user,
	id: session,
	name: 'demo',
	createdAt: at(0),
	slot,
	desired: { state: 'running', by: 'user', why: 'You created it', at: at(0) },
	generation: 1,
	phase: 'starting',
	phaseAt: at(0),
	step: 'reserve',
	start: { since: at(0), tries: 0, stepAt: at(0) },
	dueAt: at(0),
	rev: 1,
};

/** A session that was created at 0 and has not been looked at. */
export const record = (changes: Partial<SessionRecord> = {}): SessionRecord => known({ ...created, ...changes });

export const lease = (until: number, generation = 1) => ({
	generation,
	connectionId: connectionId('conn-1'),
	sender: senderId('agent1'),
	versions: [1],
	leaseUntil: at(until),
});

export const arnOf = (name: string): string => `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${name}`;

const { start: _, step: __, ...settled } = created;

/** Nobody has used it since its task began, and it is to be stopped at `seconds`. */
export const idleUntil = (seconds: number): IdleState => ({
	deadline: at(seconds),
	last: { kind: 'start', name: '', at: at(0) },
	doing: [],
	seenAt: at(0),
});

/** A session whose task `one` runs, with an agent's lease until 150. */
export const running = (changes: Partial<SessionRecord> = {}): SessionRecord =>
	known({
		...settled,
		phase: 'running',
		task: intent({ arn: arnOf('one') }),
		agent: lease(150),
		idle: idleUntil(100 * 3_600),
		dueAt: at(150),
		...changes,
	});

export const task = (changes: Partial<ObservedTask> = {}): ObservedTask => ({
	arn: arnOf('one'),
	of: { session, generation: 1 },
	lastStatus: 'RUNNING',
	desiredStatus: 'RUNNING',
	containers: [{ lastStatus: 'RUNNING' }],
	createdAt: at(0),
	...changes,
});

export const stopped = (changes: Partial<ObservedTask> = {}): ObservedTask =>
	task({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED', exitCode: 0 }], ...changes });

export const nothing = { tasks: [], missing: [] };
export const seen = (...tasks: ObservedTask[]) => ({ tasks, missing: [] });
