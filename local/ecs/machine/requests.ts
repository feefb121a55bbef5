/** What the local ECS reads of each request. A member that it doesn't know is refused by name: nothing is silently ignored. */
import * as z from 'zod/mini';
import { EcsError } from './errors.ts';

const text = z.string();
const optional = z.optional;
const pairs = z.array(z.strictObject({ name: text, value: text }));
const tags = optional(
	z.array(z.strictObject({ key: text.check(z.regex(/^.{1,128}$/s)), value: text.check(z.maxLength(256)) })).check(z.maxLength(50)),
);

const ContainerDefinition = z.strictObject({
	name: text.check(z.regex(/^[a-zA-Z0-9_-]{1,255}$/)),
	image: text.check(z.minLength(1)),
	cpu: optional(z.int()),
	memory: optional(z.int()),
	memoryReservation: optional(z.int()),
	essential: optional(z.boolean()),
	environment: optional(pairs),
	command: optional(z.array(text)),
	entryPoint: optional(z.array(text)),
	workingDirectory: optional(text),
	user: optional(text),
	stopTimeout: optional(z.int().check(z.gte(2), z.lte(120))),
	linuxParameters: optional(z.strictObject({ initProcessEnabled: optional(z.boolean()) })),
	mountPoints: optional(z.array(z.strictObject({ sourceVolume: text, containerPath: text, readOnly: optional(z.boolean()) }))),
	// accepted where they say nothing: what describing a definition adds
	portMappings: optional(z.array(z.unknown()).check(z.maxLength(0))),
	volumesFrom: optional(z.array(z.unknown()).check(z.maxLength(0))),
	systemControls: optional(z.array(z.unknown()).check(z.maxLength(0))),
});
export type ContainerDefinition = z.infer<typeof ContainerDefinition>;

const Volume = z.strictObject({
	name: text.check(z.regex(/^[a-zA-Z0-9_-]{1,255}$/)),
	efsVolumeConfiguration: z.strictObject({
		fileSystemId: text,
		rootDirectory: optional(text),
		transitEncryption: optional(z.enum(['ENABLED', 'DISABLED'])),
		authorizationConfig: optional(z.strictObject({ accessPointId: optional(text), iam: optional(z.enum(['ENABLED', 'DISABLED'])) })),
	}),
});
export type Volume = z.infer<typeof Volume>;

export const RegisterTaskDefinition = z.strictObject({
	family: text.check(z.regex(/^[a-zA-Z0-9_-]{1,255}$/)),
	taskRoleArn: optional(text),
	executionRoleArn: optional(text),
	networkMode: optional(text),
	// one container: what several in one task would share isn't covered
	containerDefinitions: z.array(ContainerDefinition).check(z.minLength(1), z.maxLength(1)),
	volumes: optional(z.array(Volume)),
	requiresCompatibilities: optional(z.array(text)),
	cpu: optional(text),
	memory: optional(text),
	tags,
	pidMode: optional(z.enum(['task'])),
	runtimePlatform: optional(z.strictObject({ cpuArchitecture: optional(text), operatingSystemFamily: optional(text) })),
	ephemeralStorage: optional(z.strictObject({ sizeInGiB: z.int().check(z.gte(21), z.lte(200)) })),
});
export type RegisterTaskDefinition = z.infer<typeof RegisterTaskDefinition>;

const Overrides = z.strictObject({
	containerOverrides: optional(
		z.array(
			z.strictObject({
				name: text,
				command: optional(z.array(text)),
				environment: optional(pairs),
				cpu: optional(z.int()),
				memory: optional(z.int()),
			}),
		),
	),
	cpu: optional(text),
	memory: optional(text),
	taskRoleArn: optional(text),
	executionRoleArn: optional(text),
	ephemeralStorage: optional(z.strictObject({ sizeInGiB: z.int().check(z.gte(21), z.lte(200)) })),
});
export type Overrides = z.infer<typeof Overrides>;

export const RunTask = z.strictObject({
	cluster: optional(text),
	taskDefinition: text,
	count: optional(z.int().check(z.gte(1), z.lte(10))),
	launchType: optional(text),
	capacityProviderStrategy: optional(z.array(z.unknown())),
	clientToken: optional(text.check(z.regex(/^[!-~]{1,64}$/))),
	// documented: letters, digits, hyphens, slashes and underscores, at most 128
	startedBy: optional(text.check(z.regex(/^[\w/-]{0,128}$/))),
	group: optional(text),
	platformVersion: optional(z.enum(['LATEST', '1.4.0'])),
	networkConfiguration: optional(
		z.strictObject({
			awsvpcConfiguration: z.strictObject({
				subnets: z.array(text).check(z.minLength(1), z.maxLength(16)),
				securityGroups: optional(z.array(text).check(z.maxLength(5))),
				assignPublicIp: optional(z.enum(['ENABLED', 'DISABLED'])),
			}),
		}),
	),
	overrides: optional(Overrides),
	propagateTags: optional(z.enum(['TASK_DEFINITION', 'NONE'])),
	enableECSManagedTags: optional(z.boolean()),
	enableExecuteCommand: optional(z.literal(false)),
	referenceId: optional(text),
	tags,
});
export type RunTask = z.infer<typeof RunTask>;

const include = optional(z.array(z.enum(['TAGS'])));
const most = optional(z.int().check(z.gte(1), z.lte(100)));

export const StopTask = z.strictObject({ cluster: optional(text), task: text, reason: optional(text.check(z.maxLength(1024))) });
export const DescribeTasks = z.strictObject({ cluster: optional(text), tasks: z.array(text).check(z.minLength(1), z.maxLength(100)), include });
export const ListTasks = z.strictObject({
	cluster: optional(text),
	family: optional(text),
	startedBy: optional(text),
	desiredStatus: optional(z.enum(['RUNNING', 'PENDING', 'STOPPED'])),
	launchType: optional(z.enum(['FARGATE', 'EC2', 'EXTERNAL'])),
	maxResults: most,
	nextToken: optional(text),
});
export type ListTasks = z.infer<typeof ListTasks>;
export const ListClusters = z.strictObject({ maxResults: most, nextToken: optional(text) });
export const DescribeClusters = z.strictObject({ clusters: optional(z.array(text)), include: optional(z.array(text)) });
export const DescribeTaskDefinition = z.strictObject({ taskDefinition: text, include });
export const DeregisterTaskDefinition = z.strictObject({ taskDefinition: text });
export const DeleteTaskDefinitions = z.strictObject({ taskDefinitions: z.array(text).check(z.minLength(1), z.maxLength(10)) });
export const ListTaskDefinitions = z.strictObject({
	familyPrefix: optional(text),
	status: optional(z.enum(['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS'])),
	sort: optional(z.enum(['ASC', 'DESC'])),
	maxResults: most,
	nextToken: optional(text),
});

/** @throws InvalidParameterException or ClientException that names what is wrong or not covered */
export const read = <T>(operation: string, schema: z.core.$ZodType<T>, value: unknown, code = 'InvalidParameterException'): T => {
	const result = z.safeParse(schema, value);
	if (result.success) return result.data;
	const said = result.error.issues.map((issue) => {
		const where = issue.path.join('.');
		if (issue.code === 'unrecognized_keys')
			return issue.keys.map((key) => `the local ECS doesn't cover ${where ? `${where}.` : ''}${key} of ${operation}`).join('; ');
		return `${where || operation}: ${issue.message}`;
	});
	throw new EcsError(code, said.join('; '));
};
