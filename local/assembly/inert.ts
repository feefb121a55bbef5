/** Types that have nothing to do on one machine, with what `Ref` and `Fn::GetAtt` give. A type that is neither here nor in a stand-in is refused. */
import type { ResourceInput, ResourceOutput } from '../stand-in.ts';
import { generatedName, stableHex, stableId } from './names.ts';

type Inert = (input: ResourceInput) => ResourceOutput;

/** An EC2 id such as `vpc-0a1b...`, with more attributes. */
const ec2 =
	(prefix: string, attributes: (id: string, input: ResourceInput) => Record<string, string> = () => ({})): Inert =>
	(input) => {
		const id = `${prefix}-0${stableHex(input, 16)}`;
		return { ref: id, attributes: attributes(id, input) };
	};

const nothing: Inert = (input) => ({ ref: generatedName(input), attributes: {} });

const text = (input: ResourceInput, property: string): string => String(input.properties[property] ?? '');

export const inertTypes: Readonly<Record<string, Inert>> = {
	'AWS::CDK::Metadata': nothing,

	'AWS::EC2::VPC': ec2('vpc', (id, input) => ({
		VpcId: id,
		CidrBlock: text(input, 'CidrBlock'),
		DefaultSecurityGroup: `sg-0${stableHex(input, 15)}d`,
		DefaultNetworkAcl: `acl-0${stableHex(input, 16)}`,
	})),
	'AWS::EC2::Subnet': ec2('subnet', (id, input) => ({
		SubnetId: id,
		AvailabilityZone: text(input, 'AvailabilityZone'),
		CidrBlock: text(input, 'CidrBlock'),
		VpcId: text(input, 'VpcId'),
	})),
	'AWS::EC2::RouteTable': ec2('rtb', (id) => ({ RouteTableId: id })),
	'AWS::EC2::Route': nothing,
	'AWS::EC2::SubnetRouteTableAssociation': ec2('rtbassoc', (id) => ({ Id: id })),
	'AWS::EC2::InternetGateway': ec2('igw', (id) => ({ InternetGatewayId: id })),
	'AWS::EC2::VPCGatewayAttachment': nothing,
	'AWS::EC2::VPCEndpoint': ec2('vpce', (id) => ({ Id: id })),
	'AWS::EC2::SecurityGroup': ec2('sg', (id, input) => ({ GroupId: id, Id: id, VpcId: text(input, 'VpcId') })),
	'AWS::EC2::SecurityGroupIngress': ec2('sgr', (id) => ({ Id: id })),
	'AWS::EC2::SecurityGroupEgress': ec2('sgr', (id) => ({ Id: id })),

	'AWS::Logs::LogGroup': (input) => {
		const name = text(input, 'LogGroupName') || generatedName(input);
		return { ref: name, attributes: { Arn: `arn:aws:logs:${input.region}:${input.account}:log-group:${name}:*` } };
	},

	'AWS::CloudWatch::Alarm': (input) => {
		const name = text(input, 'AlarmName') || generatedName(input);
		return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${input.region}:${input.account}:alarm:${name}` } };
	},

	'AWS::Logs::MetricFilter': nothing,
	'AWS::SNS::Topic': (input) => {
		const name = text(input, 'TopicName') || generatedName(input);
		const arn = `arn:aws:sns:${input.region}:${input.account}:${name}`;
		return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
	},
	'AWS::SNS::TopicPolicy': nothing,
	'AWS::SNS::Subscription': nothing,

	'AWS::Lambda::LayerVersion': (input) => ({
		ref: `arn:aws:lambda:${input.region}:${input.account}:layer:${stableId(input, 16)}:1`,
		attributes: {},
	}),

	'AWS::CloudFront::OriginAccessControl': (input) => {
		const id = `E${stableId(input, 13).toUpperCase()}`;
		return { ref: id, attributes: { Id: id } };
	},
};
