import { IpAddresses, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/**
 * Public subnets with an internet gateway and nothing else: a NAT gateway costs more than the sessions, and an interface endpoint about
 * $7.30 a month per zone. Tasks get a public address at RunTask and accept nothing.
 */
export class Network extends Construct {
	readonly vpc: IVpc;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.vpc = new Vpc(this, 'Vpc', {
			ipAddresses: IpAddresses.cidr('10.64.0.0/16'),
			maxAzs: 2,
			natGateways: 0,
			// mount targets are found by name: both are needed
			enableDnsHostnames: true,
			enableDnsSupport: true,
			// Fargate doesn't look at the subnet's own setting; RunTask says assignPublicIp
			subnetConfiguration: [{ name: 'sessions', subnetType: SubnetType.PUBLIC, cidrMask: 18, mapPublicIpOnLaunch: false }],
			// would add a custom resource that no stand-in can judge; nothing uses the default group
			restrictDefaultSecurityGroup: false,
			// the library's own classes don't fit its interfaces under exact optional properties
		}) as IVpc;
	}

	get subnetIds(): string[] {
		return this.vpc.publicSubnets.map((subnet) => subnet.subnetId);
	}
}
