/** What costs while nobody is there (first-deploy 2.5). Prices of us-east-1, USD a month. */
import { prices as listed, monthHours } from '@shellpod/protocol/prices.ts';
import { type Check, type Cloud, get, list } from './cloud.ts';

/** the most that an idle deployment may cost */
const most = 5;

interface Price {
	each: number;
	/** so many are free */
	free?: number;
	/** how many one resource counts for */
	times?: (properties: Parameters<typeof get>[0], cloud: Cloud) => number;
	source: string;
}

const vpc = 'https://aws.amazon.com/vpc/pricing/';
const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const elb = 'https://aws.amazon.com/elasticloadbalancing/pricing/';

const prices: Readonly<Record<string, Price>> = {
	'AWS::WAFv2::WebACL': { each: 6, source: 'https://aws.amazon.com/waf/pricing/: $5, and $1 for its first rule' },
	'AWS::KMS::Key': { each: 1, source: 'https://aws.amazon.com/kms/pricing/' },
	'AWS::SecretsManager::Secret': { each: 0.4, free: 1, source: 'https://aws.amazon.com/secrets-manager/pricing/; one is planned for' },
	'AWS::CloudWatch::Alarm': { each: 0.1, free: 10, source: cloudWatch },
	'AWS::CloudWatch::CompositeAlarm': { each: 0.5, source: cloudWatch },
	'AWS::CloudWatch::Dashboard': { each: 3, free: 3, source: cloudWatch },
	'AWS::Synthetics::Canary': { each: 6, source: `${cloudWatch}; one run every 10 minutes` },
	'AWS::EC2::NatGateway': { each: 0.045 * monthHours, source: vpc },
	'AWS::EC2::EIP': { each: listed.addressHour * monthHours, source: vpc },
	'AWS::EC2::VPCEndpoint': {
		each: 0.01 * monthHours,
		times: (properties) => (get(properties, 'VpcEndpointType') === 'Interface' ? Math.max(1, list(get(properties, 'SubnetIds')).length) : 0),
		source: 'https://aws.amazon.com/privatelink/pricing/; for each zone',
	},
	'AWS::ElasticLoadBalancingV2::LoadBalancer': { each: 0.0225 * monthHours, source: elb },
	'AWS::ElasticLoadBalancing::LoadBalancer': { each: 0.025 * monthHours, source: elb },
	'AWS::Config::ConfigurationRecorder': { each: 6, source: 'https://aws.amazon.com/config/pricing/: $0.003 an item, some 2,000 of which tasks make' },
	'AWS::ECS::Service': { each: 0.04 * monthHours, source: 'https://aws.amazon.com/fargate/pricing/; its smallest sizes, for each task' },
	'AWS::EC2::Instance': { each: 0.0042 * monthHours, source: 'https://aws.amazon.com/ec2/pricing/; the smallest' },
	'AWS::RDS::DBInstance': { each: 0.016 * monthHours, source: 'https://aws.amazon.com/rds/pricing/; the smallest' },
	'AWS::ElastiCache::ReplicationGroup': { each: 0.016 * monthHours, source: 'https://aws.amazon.com/elasticache/pricing/; the smallest' },
	'AWS::DynamoDB::Table': {
		each: 3,
		times: (properties) => (get(properties, 'BillingMode') === 'PAY_PER_REQUEST' ? 0 : 1),
		source: 'https://aws.amazon.com/dynamodb/pricing/; five units of both kinds',
	},
	'AWS::Lambda::Alias': {
		each: 5.5,
		times: (properties) => Number(get(properties, 'ProvisionedConcurrencyConfig', 'ProvisionedConcurrentExecutions') ?? 0),
		source: 'https://aws.amazon.com/lambda/pricing/; each provisioned environment of 512 MB',
	},
};

/** Types with a price, for the test that plants each of them. */
export const priced: readonly string[] = Object.keys(prices);

export const idlePrice: Check = (cloud) => {
	const items = Object.entries(prices).flatMap(([type, { each, free = 0, times = () => 1 }]) => {
		const count = cloud.of(type).reduce((sum, { properties }) => sum + times(properties, cloud), 0) - free;
		return count > 0 ? [{ type, cost: count * each }] : [];
	});
	const sum = items.reduce((total, { cost }) => total + cost, 0);
	const what = items.map(({ type, cost }) => `${type} $${cost.toFixed(2)}`).join(', ');
	return sum > most
		? [`the stacks cost $${sum.toFixed(2)} a month while nobody is there (${what}), more than $${most}: leave out what is not needed.`]
		: [];
};
