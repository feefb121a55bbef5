import { describe, expect, test } from 'vitest';
import { indexName, keys } from '../../functions/core/keys.ts';
import { synthesize } from './templates.ts';

describe('the table', () => {
	const { Properties } = synthesize().one('AWS::DynamoDB::Table');

	test('has the keys that the functions write', () => {
		const [partition, sort] = Object.keys(keys.uidCounter);
		expect(Properties.KeySchema).toEqual([
			{ AttributeName: partition, KeyType: 'HASH' },
			{ AttributeName: sort, KeyType: 'RANGE' },
		]);
	});

	test('has the index that the functions read', () => {
		expect(Properties.GlobalSecondaryIndexes).toEqual([
			{
				IndexName: indexName,
				KeySchema: [
					{ AttributeName: 'duePk', KeyType: 'HASH' },
					{ AttributeName: 'dueAt', KeyType: 'RANGE' },
				],
				Projection: { ProjectionType: 'KEYS_ONLY' },
			},
		]);
	});

	test('is paid by use, restorable, and drops what has expired', () => {
		expect(Properties).toMatchObject({
			BillingMode: 'PAY_PER_REQUEST',
			DeletionProtectionEnabled: true,
			PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
			TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
		});
	});
});
