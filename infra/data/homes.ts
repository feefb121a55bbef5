import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { type ISecurityGroup, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { FileSystem, LifecyclePolicy, OutOfInfrequentAccessPolicy, PerformanceMode, ThroughputMode } from 'aws-cdk-lib/aws-efs';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Network } from './network.ts';

const denyAnonymousFlag = '@aws-cdk/aws-efs:denyAnonymousAccess';
const clientActions = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'];

const deny = (sid: string, actions: string[], conditions?: Record<string, Record<string, unknown>>): PolicyStatement =>
	new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], actions, ...(conditions && { conditions }) });

/**
 * The file system of all Homes. Its policy only denies: who may mount what is said by each Home's role alone, so there is one place to get
 * right. Without any policy EFS lets every client in that reaches a mount target.
 */
export class Homes extends Construct {
	readonly fileSystem: FileSystem;
	readonly securityGroup: ISecurityGroup;

	constructor(scope: Construct, id: string, props: { network: Network }) {
		super(scope, id);
		if (this.node.tryGetContext(denyAnonymousFlag)) {
			throw new Error(`${denyAnonymousFlag} must be false: it adds "Allow ClientWrite and ClientRootAccess to everyone" to the policy`);
		}
		this.fileSystem = new FileSystem(this, 'FileSystem', {
			vpc: props.network.vpc,
			vpcSubnets: { subnetType: SubnetType.PUBLIC },
			encrypted: true,
			performanceMode: PerformanceMode.GENERAL_PURPOSE,
			throughputMode: ThroughputMode.ELASTIC,
			lifecyclePolicy: LifecyclePolicy.AFTER_30_DAYS,
			outOfInfrequentAccessPolicy: OutOfInfrequentAccessPolicy.AFTER_1_ACCESS,
			removalPolicy: RemovalPolicy.RETAIN,
			fileSystemPolicy: new PolicyDocument({
				statements: [
					deny('NoPlainNfs', clientActions, { Bool: { 'aws:SecureTransport': 'false' } }),
					// an absent key counts as not equal, so this holds for anonymous clients too
					deny('NoForeignAccount', clientActions, { StringNotEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } }),
					deny('NoMountWithoutAccessPoint', clientActions, { Null: { 'elasticfilesystem:AccessPointArn': 'true' } }),
					deny('NoMountPastMountTargets', clientActions, { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } }),
					deny('NoRoot', ['elasticfilesystem:ClientRootAccess']),
				],
			}),
		});
		const [group] = this.fileSystem.connections.securityGroups;
		if (!group) throw new Error('the file system has no security group');
		this.securityGroup = group;
	}
}
