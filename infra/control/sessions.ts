import { container, taskEnv } from '@shellpod/functions/env.ts';
import { machine } from '@shellpod/protocol/prices.ts';
import { Aws } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnTaskDefinition, Cluster } from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Homes } from '../data/homes.ts';
import type { Network } from '../data/network.ts';
import type { Settings } from '../settings.ts';
import { ecsArn, roleArn } from './addresses.ts';
import { taskImage } from './task-image.ts';

export interface SessionsProps {
	readonly network: Network;
	readonly homes: Homes;
	readonly settings: Settings;
	/** https base of the HTTP API */
	readonly api: string;
	/** ARNs of the routes that an agent calls */
	readonly agentRoutes: readonly string[];
}

/** as ECS says it: units of 1/1024 vCPU, and MiB */
const size = { cpu: String(machine.vcpus * 1024), memory: String(machine.gigabytes * 1024) };
/** s; the most that Fargate allows between SIGTERM and SIGKILL */
const stopTimeout = 120;

/** What tasks are made of: the cluster, the definition that each Home's own is made from, their network and the limits of their roles. */
export class Sessions extends Construct {
	readonly cluster: Cluster;
	readonly definition: CfnTaskDefinition;
	readonly securityGroup: SecurityGroup;
	readonly executionRole: Role;
	readonly boundary: ManagedPolicy;
	/** the tag of what is made at run time */
	readonly deployment: string;
	/** IAM path of Homes' roles, with slashes at both ends */
	readonly homeRolePath: string;
	/** ARNs of the roles of all Homes */
	readonly homeRoles: string;
	/** ARNs of all revisions of all Homes' task definitions */
	readonly homeDefinitions: string;

	constructor(scope: Construct, id: string, props: SessionsProps) {
		super(scope, id);
		const { deployment } = props.settings;
		this.deployment = deployment;
		this.homeRolePath = `/${deployment}/homes/`;
		this.homeRoles = roleArn(`${this.homeRolePath}${deployment}-home-*`);
		this.homeDefinitions = ecsArn(`task-definition/${deployment}-home-*:*`);

		// No capacity providers: in a fresh account they fail for want of the service-linked role. RunTask says FARGATE.
		this.cluster = new Cluster(this, 'Cluster', { vpc: props.network.vpc });

		this.securityGroup = new SecurityGroup(this, 'TaskGroup', {
			vpc: props.network.vpc,
			description: 'Sessions: nothing in; web, ssh and their own Home out',
			allowAllOutbound: false,
		});
		for (const port of props.settings.egressPorts) this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port));
		const nfs = Port.tcp(2049);
		this.securityGroup.addEgressRule(Peer.securityGroupId(props.homes.securityGroup.securityGroupId), nfs);
		// The L1 stands in this stack: by the L2, the Data stack would refer to this one.
		new CfnSecurityGroupIngress(this, 'HomesIngress', {
			description: 'Sessions mount their Homes',
			groupId: props.homes.securityGroup.securityGroupId,
			ipProtocol: 'tcp',
			fromPort: 2049,
			toPort: 2049,
			sourceSecurityGroupId: this.securityGroup.securityGroupId,
		});

		this.executionRole = new Role(this, 'ExecutionRole', {
			description: 'Pulls the image of sessions',
			assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
				conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnLike: { 'aws:SourceArn': ecsArn('*') } },
			}),
		});
		const image = taskImage(this, 'Image');
		image.repository.grantPull(this.executionRole);

		this.definition = new CfnTaskDefinition(this, 'Definition', {
			family: `${deployment}-base`,
			requiresCompatibilities: ['FARGATE'],
			networkMode: 'awsvpc',
			...size,
			runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
			executionRoleArn: this.executionRole.roleArn,
			containerDefinitions: [
				{
					name: container,
					image: image.imageUri,
					essential: true,
					stopTimeout,
					// No init of ECS's: the entrypoint is process 1, which nobody in the container can kill.
					environment: [{ name: taskEnv.api, value: props.api }],
					// No log driver: the user is root in there, and would write the operator's bill.
				},
			],
		});

		this.boundary = new ManagedPolicy(this, 'HomeBoundary', {
			description: 'The most that the role of a Home can ever do, whatever its own policy says',
			statements: [
				new PolicyStatement({
					actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
					resources: [props.homes.fileSystem.fileSystemArn],
					conditions: {
						Bool: { 'aws:SecureTransport': 'true', 'elasticfilesystem:AccessedViaMountTarget': 'true' },
						Null: { 'elasticfilesystem:AccessPointArn': 'false' },
					},
				}),
				new PolicyStatement({ actions: ['execute-api:Invoke'], resources: [...props.agentRoutes] }),
			],
		});
	}
}
