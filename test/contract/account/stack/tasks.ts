/** Where the contract's tasks run: public subnets, a cluster, a file system, an image. */
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { IpAddresses, type IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { FileSystem, ThroughputMode } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export class Tasks extends Construct {
	readonly vpc: IVpc;
	readonly cluster: Cluster;
	readonly group: SecurityGroup;
	readonly fileSystem: FileSystem;
	readonly executionRole: Role;
	readonly image: DockerImageAsset;

	constructor(scope: Construct, id: string, imageFolder: string) {
		super(scope, id);
		this.vpc = new Vpc(this, 'Vpc', {
			ipAddresses: IpAddresses.cidr('10.65.0.0/24'),
			maxAzs: 2,
			natGateways: 0,
			subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false }],
			restrictDefaultSecurityGroup: false,
			// the library's own classes don't fit its interfaces under exact optional properties
		}) as IVpc;
		this.cluster = new Cluster(this, 'Cluster', { vpc: this.vpc });
		this.group = new SecurityGroup(this, 'Group', { vpc: this.vpc, description: 'Tasks of the contract: nothing in' });
		this.fileSystem = new FileSystem(this, 'FileSystem', {
			vpc: this.vpc,
			vpcSubnets: { subnetType: SubnetType.PUBLIC },
			throughputMode: ThroughputMode.ELASTIC,
			removalPolicy: RemovalPolicy.DESTROY,
			// As the product's: it only denies, and a task's role allows.
			fileSystemPolicy: new PolicyDocument({
				statements: [
					new PolicyStatement({
						effect: Effect.DENY,
						principals: [new AnyPrincipal()],
						actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'],
						conditions: { Null: { 'elasticfilesystem:AccessPointArn': 'true' } },
					}),
				],
			}),
		});
		this.fileSystem.connections.allowFrom(this.group, Port.tcp(2049));
		this.executionRole = new Role(this, 'ExecutionRole', {
			assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
				conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
			}),
		});
		this.image = new DockerImageAsset(this, 'Image', { directory: imageFolder, platform: Platform.LINUX_ARM64 });
		this.image.repository.grantPull(this.executionRole);
	}
}
