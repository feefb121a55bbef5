/** What reaches what: security groups, and the subnets in which RunTask is asked to place tasks (first-deploy 1.14). */
import { env } from '@shellpod/functions/env.ts';
import { type Check, type Cloud, get, type Json, list, nameOf, type Resource } from './cloud.ts';
import { functionVariables } from './tasks.ts';

const nfs = 2049;

const fileSystemGroups = (cloud: Cloud): Set<string | undefined> =>
	new Set(
		cloud.of('AWS::EFS::MountTarget').flatMap(({ properties }) => list(get(properties, 'SecurityGroups')).map((group) => cloud.named(group)?.id)),
	);

interface Inbound {
	on: Resource;
	/** logical id of the group that it lets into */
	group: string | undefined;
	rule: Json;
}

const inbound = (cloud: Cloud): Inbound[] => [
	...cloud
		.of('AWS::EC2::SecurityGroup')
		.flatMap((on) => list(get(on.properties, 'SecurityGroupIngress')).map((rule) => ({ on, group: on.id, rule }))),
	...cloud.of('AWS::EC2::SecurityGroupIngress').map((on) => ({ on, group: cloud.named(get(on.properties, 'GroupId'))?.id, rule: on.properties })),
];

/** Tasks accept nothing; a file system accepts NFS of one group. */
export const inboundRules: Check = (cloud) => {
	const homes = fileSystemGroups(cloud);
	return inbound(cloud)
		.filter(({ group, rule }) => {
			const mount = get(rule, 'FromPort') === nfs && get(rule, 'ToPort') === nfs && get(rule, 'SourceSecurityGroupId') !== undefined;
			return !(mount && homes.has(group));
		})
		.map(
			({ on }) =>
				`${nameOf(on)} lets connections in: remove the rule; a task dials out, and only the file system's group takes port 2049 from the tasks' group.`,
		);
};

export const outboundRules: Check = (cloud) => {
	const homes = fileSystemGroups(cloud);
	return cloud
		.of('AWS::EC2::SecurityGroup')
		.filter(({ id }) => !homes.has(id))
		.flatMap((group) =>
			list(get(group.properties, 'SecurityGroupEgress'))
				.filter(
					(rule) => String(get(rule, 'IpProtocol')) === '-1' || (get(rule, 'CidrIp') !== undefined && get(rule, 'FromPort') !== get(rule, 'ToPort')),
				)
				.map(() => `${nameOf(group)} lets everything out, mail and attacks too: allow single TCP ports (context egressPorts).`),
		);
};

const variablesNamed = (cloud: Cloud, wanted: string): Json[] =>
	functionVariables(cloud)
		.filter(([, name]) => name === wanted)
		.map(([, , value]) => value);

/** Everything that a task needs before its first line runs: a way to the image, names, and a mount target in its zone. */
export const taskNetwork: Check = (cloud) => {
	const routed = cloud
		.of('AWS::EC2::Route')
		.filter(({ properties }) => cloud.named(get(properties, 'GatewayId'))?.type === 'AWS::EC2::InternetGateway')
		.map(({ properties }) => cloud.named(get(properties, 'RouteTableId'))?.id);
	const open = cloud
		.of('AWS::EC2::SubnetRouteTableAssociation')
		.filter(({ properties }) => routed.includes(cloud.named(get(properties, 'RouteTableId'))?.id))
		.map(({ properties }) => cloud.named(get(properties, 'SubnetId'))?.id);
	const mounted = cloud.of('AWS::EFS::MountTarget').map(({ properties }) => cloud.named(get(properties, 'SubnetId'))?.id);
	const subnets = [...new Set(variablesNamed(cloud, env.subnets).flatMap((value) => cloud.text(value).split(',')))].map(
		(name) => cloud.named(name)?.id ?? name,
	);
	const groups = [...new Set(variablesNamed(cloud, env.securityGroup).map((value) => cloud.named(value)?.id))];
	const homes = fileSystemGroups(cloud);
	const entered = inbound(cloud).filter(({ group }) => homes.has(group));
	return [
		...cloud
			.of('AWS::EC2::VPC')
			.filter(({ properties }) => get(properties, 'EnableDnsHostnames') !== true || get(properties, 'EnableDnsSupport') !== true)
			.map((vpc) => `${nameOf(vpc)} resolves no names, by which mount targets are found: turn DNS hostnames and DNS support on.`),
		...subnets
			.filter((subnet) => !open.includes(subnet))
			.map((subnet) => `subnet ${subnet} of tasks has no way to the internet, so that no image is pulled: give its route table an internet gateway.`),
		...subnets
			.filter((subnet) => !mounted.includes(subnet))
			.map((subnet) => `subnet ${subnet} of tasks has no mount target, so that no Home is mounted: give the file system one there.`),
		...groups
			.filter((group) => !entered.some(({ rule }) => cloud.named(get(rule, 'SourceSecurityGroupId'))?.id === group))
			.map((group) => `the tasks' group ${group} does not reach the file system: let it in on port 2049 of the file system's group.`),
	];
};
