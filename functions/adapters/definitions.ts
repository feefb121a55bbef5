import {
	DeleteTaskDefinitionsCommand,
	DeregisterTaskDefinitionCommand,
	DescribeTaskDefinitionCommand,
	type ECSClient,
	ListTaskDefinitionsCommand,
	RegisterTaskDefinitionCommand,
	type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { container, homeVolume, madeByTag } from '../env.ts';
import type { Definitions, Unmake } from '../ports.ts';

interface DefinitionsDeps {
	client: ECSClient;
	/** ARN of the base definition */
	base: string;
	fileSystem: string;
	deployment: string;
}

/** where every Home is mounted */
const homePath = '/home/dev';

export const createDefinitions = ({ client, base, fileSystem, deployment }: DefinitionsDeps): Definitions => {
	const describe = async (taskDefinition: string): Promise<TaskDefinition> => {
		const { taskDefinition: found } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
		if (!found) throw new Error(`ECS does not describe ${taskDefinition}`);
		return found;
	};
	let described: TaskDefinition | undefined;

	return {
		base,

		async register({ family, roleArn, accessPointId }) {
			// A revision never changes, so its description is good for the life of this process.
			described ??= await describe(base);
			const {
				containerDefinitions,
				executionRoleArn,
				networkMode,
				requiresCompatibilities,
				cpu,
				memory,
				runtimePlatform,
				ephemeralStorage,
				pidMode,
			} = described;
			const { taskDefinition } = await client.send(
				new RegisterTaskDefinitionCommand({
					family,
					taskRoleArn: roleArn,
					executionRoleArn,
					networkMode,
					requiresCompatibilities,
					cpu,
					memory,
					runtimePlatform,
					ephemeralStorage,
					pidMode,
					containerDefinitions: containerDefinitions?.map((one) =>
						one.name === container ? { ...one, mountPoints: [{ sourceVolume: homeVolume, containerPath: homePath, readOnly: false }] } : one,
					),
					volumes: [
						{
							name: homeVolume,
							efsVolumeConfiguration: {
								fileSystemId: fileSystem,
								transitEncryption: 'ENABLED',
								authorizationConfig: { accessPointId, iam: 'ENABLED' },
							},
						},
					],
					tags: [{ key: madeByTag, value: deployment }],
				}),
			);
			if (!taskDefinition?.taskDefinitionArn) throw new Error(`ECS registered no definition of ${family}`);
			return taskDefinition.taskDefinitionArn;
		},

		async fits(definition, { family, roleArn, accessPointId }) {
			const found = await describe(definition);
			const volumes = found.volumes ?? [];
			const home = volumes[0]?.efsVolumeConfiguration;
			return (
				found.family === family &&
				found.taskRoleArn === roleArn &&
				volumes.length === 1 &&
				home?.fileSystemId === fileSystem &&
				home.transitEncryption === 'ENABLED' &&
				home.authorizationConfig?.accessPointId === accessPointId &&
				home.authorizationConfig.iam === 'ENABLED'
			);
		},
	};
};

/** revisions that ECS deletes at once */
const deletedAtOnce = 10;

/** Only revisions that are INACTIVE can be deleted. A family of which many are left takes several calls. */
export const removeDefinitions = (client: ECSClient): Unmake['definitions'] => {
	const list = async (familyPrefix: string, status: 'ACTIVE' | 'INACTIVE'): Promise<string[]> =>
		(await client.send(new ListTaskDefinitionsCommand({ familyPrefix, status }))).taskDefinitionArns ?? [];

	return async (family) => {
		for (let active = await list(family, 'ACTIVE'); active.length > 0; active = await list(family, 'ACTIVE'))
			for (const taskDefinition of active) await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
		for (let inactive = await list(family, 'INACTIVE'); inactive.length > 0; inactive = await list(family, 'INACTIVE'))
			for (let at = 0; at < inactive.length; at += deletedAtOnce) {
				const taskDefinitions = inactive.slice(at, at + deletedAtOnce);
				const { failures = [] } = await client.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
				const [failure] = failures;
				if (failure) throw new Error(`ECS did not delete ${failure.arn}: ${failure.reason ?? failure.detail}`);
			}
	};
};
