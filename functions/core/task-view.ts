/** What an observed task says: whether its Home is free, and at which step its start is. */
import type { StartStep } from '@shellpod/protocol/http.ts';
import type { ObservedTask } from '../ports.ts';

/**
 * The task writes nothing any more. ECS may report STOPPED long after the containers have ended
 * (https://github.com/aws/amazon-ecs-agent/issues/2995), so the containers' own end is enough.
 */
export const hasEnded = (task: ObservedTask): boolean =>
	task.lastStatus === 'STOPPED' || (task.containers.length > 0 && task.containers.every((one) => one.lastStatus === 'STOPPED'));

/** ECS was told to stop it. */
export const isEnding = (task: ObservedTask): boolean => task.desiredStatus === 'STOPPED';

/** Fargate prepares the network (PROVISIONING), pulls the image, mounts the Home (PENDING), then runs the container. */
export const stepOf = (task: ObservedTask): StartStep => {
	if (task.lastStatus === 'PROVISIONING') return 'reserve';
	if (task.lastStatus === 'PENDING') return task.pullStoppedAt === undefined ? 'image' : 'home';
	return 'terminals';
};
