/** What faults have in store for a task, and what they say of room for it. Texts are AWS's own; how long a failure takes is assumed. */
import type { Faults } from '../../faults/faults.ts';
import type { Failure, Fate, TaskRecord } from './state.ts';

/** as quoted in aws/containers-roadmap#2687 and, for an image of another architecture, aviswerdlow/relay#71 */
const notThere = [
	'pull image manifest has been retried 1 time(s): failed to resolve ref 000000000000.dkr.ecr.us-east-1.amazonaws.com/shellpod@sha256:0000: not found',
	"pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'.",
] as const;

const notMounted = (said: string): string =>
	`ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${said}: unsuccessful EFS utils command execution; code: 32`;

const failureOf = (faults: Faults): Fate['failure'] => {
	if (faults.happens('network-fails')) {
		const reason = 'Timeout waiting for network interface provisioning to complete.';
		return { before: 'PENDING', after: faults.between('network-fails', 10_000, 180_000), reason };
	}
	if (faults.happens('image-fails')) {
		const reason =
			'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref: failed to do request: dial tcp: i/o timeout';
		return { before: 'ACTIVATING', after: faults.between('image-fails', 5_000, 60_000), reason };
	}
	if (faults.happens('image-missing')) {
		const said = faults.choose('D10c', notThere);
		return { before: 'ACTIVATING', after: faults.between('image-missing', 500, 3_000), reason: `CannotPullContainerError: ${said}` };
	}
	if (faults.happens('home-fails')) {
		// as quoted in docker-archive/compose-cli#1490
		const said = faults.choose('D10a', ['Connection reset by peer', 'Connection timed out']);
		return { before: 'ACTIVATING', after: faults.between('home-fails', 2_000, 30_000), reason: notMounted(`mount.nfs4: ${said} `) };
	}
	if (!faults.happens('home-denied')) return undefined;
	// as quoted in aws-samples/aws-cdk-examples#920
	const denied = "b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' ";
	return { before: 'ACTIVATING', after: faults.between('home-denied', 500, 3_000), reason: notMounted(denied) };
};

/** Of what was asked for, what comes first. */
const endOf = (faults: Faults): Fate['end'] => {
	const ends = [
		{ by: 'retirement', after: faults.ms('retired') },
		{ by: 'host', after: faults.ms('host-lost') },
		{ by: 'memory', after: faults.ms('out-of-memory') },
	] as const;
	return ends
		.flatMap(({ by, after }) => (after === undefined ? [] : [{ by, after: Math.round(after) }]))
		.sort((a, b) => a.after - b.after)
		.at(0);
};

/** @returns undefined when all goes well */
const drawFate = (faults: Faults): Fate | undefined => {
	const start = faults.ms('ecs-start');
	const failure = failureOf(faults);
	const end = endOf(faults);
	const fate: Fate = {
		...(start !== undefined && { slow: { provisioning: Math.round(start / 4), pull: Math.round((start * 3) / 4) } }),
		...(failure && { failure: { ...failure, after: Math.round(failure.after) } }),
		...(faults.happens('never-comes-up') && { stuck: true }),
		...(faults.happens('never-connects') && { apart: true }),
		...(end && { end }),
	};
	return Object.keys(fate).length === 0 ? undefined : fate;
};

/** Gives a new task its fate, and hides it from those who ask too early. */
export const befall = (task: TaskRecord, faults: Faults): void => {
	const fate = drawFate(faults);
	if (fate) {
		task.fate = fate;
		const provisioning = fate.failure?.before === 'PENDING' ? fate.failure.after : fate.slow?.provisioning;
		if (provisioning !== undefined) task.dueAt = task.createdAt + provisioning;
	}
	if (!faults.happens('list-stale')) return;
	task.describedFrom = task.createdAt + Math.round(faults.spread('list-stale', 500, 10_000));
	task.listedFrom = task.createdAt + Math.round(faults.spread('list-stale', 500, 60_000));
};

const reasons = [
	// repost.aws/knowledge-center/ecs-fargate-runtask-capacity
	'Capacity is unavailable at this time. Please try again later or in a different availability zone',
	'You’ve reached the limit on the number of vCPUs you can run concurrently',
] as const;

/** Why there is no room for a task now: an answer with status 200. */
export const noRoom = (faults: Faults): Failure | undefined =>
	faults.happens('no-capacity') ? { reason: faults.choose('D10b', reasons) } : undefined;
