/** The environment that a container of a task sees: its definition's, the request's, and what Fargate adds. */
import type { World } from '../stand-in.ts';
import type { Definition, TaskRecord } from './machine/state.ts';

/** Where a task asks for its credentials and for what it is; `open.task` of the stand-in answers. */
export const taskPaths = { credentials: 'credentials', metadata: 'v4' } as const;

const pairs = (list: readonly { name: string; value: string }[] | undefined): Record<string, string> =>
	Object.fromEntries((list ?? []).map(({ name, value }) => [name, value]));

/** @param token what the task shows to get its credentials; undefined for a task without a role */
export const taskEnvironment = (world: World, task: TaskRecord, definition: Definition, token: string | undefined): Record<string, string> => {
	const [container] = definition.spec.containerDefinitions;
	const override = task.overrides.containerOverrides?.find((one) => one.name === container?.name);
	const base = `${world.endpointBase}/task`;
	return {
		...pairs(container?.environment),
		...pairs(override?.environment),
		AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
		AWS_REGION: world.region,
		AWS_DEFAULT_REGION: world.region,
		ECS_CONTAINER_METADATA_URI_V4: `${base}/${taskPaths.metadata}/${task.id}`,
		// Fargate gives AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, to an address of its own that this machine doesn't have
		...(token === undefined
			? {}
			: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/${taskPaths.credentials}/${task.id}`, AWS_CONTAINER_AUTHORIZATION_TOKEN: token }),
		...world.sdkEnvironment(),
	};
};
