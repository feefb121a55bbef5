import { checks } from '@shellpod/infra/checks/all.ts';
import { priced } from '@shellpod/infra/checks/prices.ts';
import { describe, expect, test } from 'vitest';
import { planted, plants } from './planted.ts';

/** so many of a type that they cost more than $5 */
const many =
	(type: string, count: number, properties = {}): Parameters<typeof planted>[0] =>
	({ add }) => {
		for (let index = 0; index < count; index++) add(type, properties);
	};

describe('[2.5] what idles', () => {
	plants('idlePrice', [
		['a firewall', many('AWS::WAFv2::WebACL', 1), /\$6\.00 a month while nobody is there \(AWS::WAFv2::WebACL \$6\.00\), more than \$5/],
		['six keys', many('AWS::KMS::Key', 6), /AWS::KMS::Key \$6\.00/],
		['a NAT gateway', many('AWS::EC2::NatGateway', 1), /\$32\.85/],
		['an endpoint in two zones', many('AWS::EC2::VPCEndpoint', 1, { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b'] }), /\$14\.60/],
		[
			'a little of everything',
			({ add }) => {
				many('AWS::KMS::Key', 3)({ add } as never);
				many('AWS::CloudWatch::Dashboard', 4)({ add } as never);
			},
			/\$6\.00/,
		],
	]);

	test.each(priced)('%s has a price', (type) => {
		const properties = { VpcEndpointType: 'Interface', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 } };
		expect(checks.idlePrice(planted(many(type, 80, properties))).join()).toContain(type);
	});

	test.each<[string, number, object?]>([
		['AWS::SecretsManager::Secret', 1],
		['AWS::CloudWatch::Alarm', 10],
		['AWS::CloudWatch::Dashboard', 3],
		['AWS::EC2::VPCEndpoint', 2, { VpcEndpointType: 'Gateway' }],
	])('%s: %i cost nothing or little', (type, count, properties) => {
		expect(checks.idlePrice(planted(many(type, count, properties)))).toEqual([]);
	});
});
