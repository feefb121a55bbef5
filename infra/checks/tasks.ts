/** What runs a tenant's programs: definitions, their containers, and the cluster. */
import { taskEnv } from '@shellpod/functions/env.ts';
import { type Check, type Cloud, entries, get, type Json, list, nameOf, type Resource } from './cloud.ts';
import { allows, policiesOf } from './policies.ts';

interface Contained {
	definition: Resource;
	container: Json;
	/** `Stack/LogicalId` and the container's name */
	where: string;
}

const containers = (cloud: Cloud): Contained[] =>
	cloud.of('AWS::ECS::TaskDefinition').flatMap((definition) =>
		list(get(definition.properties, 'ContainerDefinitions')).map((container) => ({
			definition,
			container,
			where: `${nameOf(definition)} (${cloud.text(get(container, 'Name'))})`,
		})),
	);

/** A role in a definition of the template is one for all who run it. */
export const fixedRoles: Check = (cloud) =>
	cloud
		.of('AWS::ECS::TaskDefinition')
		.filter(({ properties }) => get(properties, 'TaskRoleArn') !== undefined)
		.map(
			(definition) =>
				`${nameOf(definition)} has a fixed task role, shared by whoever runs it: leave TaskRoleArn out, each Home's own definition has its role.`,
		);

/** In the container the tenant is root, and what the driver takes the operator pays. */
export const logDrivers: Check = (cloud) =>
	containers(cloud)
		.filter(({ container }) => get(container, 'LogConfiguration') !== undefined || get(container, 'FirelensConfiguration') !== undefined)
		.map(
			({ where }) => `${where} has a log driver, into which a tenant can write at $90 an hour: remove it, the agent reports by POST /agent/report.`,
		);

const known: readonly string[] = Object.values(taskEnv);

/** Everything in there is the tenant's to read. */
export const containerSecrets: Check = (cloud) =>
	containers(cloud).flatMap(({ where, container }) => [
		...list(get(container, 'Secrets')).map(
			(secret) => `${where} gets the secret ${cloud.text(get(secret, 'Name'))}, which its tenant can read: what the task needs comes by its role.`,
		),
		...list(get(container, 'EnvironmentFiles')).map(() => `${where} has an environment file, which its tenant can read: remove it.`),
		...list(get(container, 'Environment'))
			.map((variable) => cloud.text(get(variable, 'Name')))
			.filter((name) => !known.includes(name))
			.map(
				(name) => `${where} gets the variable ${name}, which its tenant can read: only ${known.join(', ')} is known to be public (functions/env.ts).`,
			),
		...list(get(container, 'Environment'))
			.filter((variable) => /\{\{resolve:|:secretsmanager:|:ssm:/.test(JSON.stringify(get(variable, 'Value') ?? '')))
			.map((variable) => `${where} gets a secret as ${cloud.text(get(variable, 'Name'))}, which its tenant can read: remove it.`),
	]);

export const privileges: Check = (cloud) =>
	containers(cloud)
		.filter(({ container }) => get(container, 'Privileged') === true || list(get(container, 'LinuxParameters', 'Capabilities', 'Add')).length > 0)
		.map(({ where }) => `${where} gets rights over its machine: remove Privileged and added capabilities.`);

const execActions = ['ecs:ExecuteCommand', 'ssmmessages:CreateControlChannel', 'ssmmessages:OpenDataChannel'];

/** ECS Exec is a second way into a session, past tickets and records. */
export const execOff: Check = (cloud) => [
	...cloud
		.of('AWS::ECS::Service')
		.filter(({ properties }) => get(properties, 'EnableExecuteCommand') === true)
		.map((service) => `${nameOf(service)} turns ECS Exec on: remove EnableExecuteCommand.`),
	...cloud
		.of('AWS::ECS::Cluster')
		.filter(({ properties }) => get(properties, 'Configuration', 'ExecuteCommandConfiguration') !== undefined)
		.map((cluster) => `${nameOf(cluster)} is set up for ECS Exec: remove ExecuteCommandConfiguration.`),
	...policiesOf(cloud)
		.filter(({ kind }) => kind === 'identity')
		.flatMap(({ where, statements }) =>
			execActions
				.filter((action) => statements.some((statement) => allows(statement, action)))
				.map((action) => `${where} allows ${action}, which ECS Exec needs: remove it.`),
		),
];

/** In a fresh account capacity providers fail for want of the service-linked role (first-deploy 1.7). */
export const capacityProviders: Check = (cloud) => [
	...cloud
		.of('AWS::ECS::Cluster')
		.filter(({ properties }) => get(properties, 'CapacityProviders') !== undefined)
		.map((cluster) => `${nameOf(cluster)} has capacity providers, which fail in a fresh account: remove them, RunTask says FARGATE.`),
	...cloud
		.of('AWS::ECS::ClusterCapacityProviderAssociations')
		.map((one) => `${nameOf(one)} fails in a fresh account: remove it, RunTask says FARGATE.`),
];

/** The variables of our functions, by name. */
export const functionVariables = (cloud: Cloud): [Resource, string, Json][] =>
	cloud
		.of('AWS::Lambda::Function')
		.flatMap((one) => entries(get(one.properties, 'Environment', 'Variables')).map(([name, value]): [Resource, string, Json] => [one, name, value]));
