/** A table of the template as DynamoDB's own API wants it. A property that is not listed here is refused by name. */
import * as z from 'zod/mini';
import { generatedName } from '../assembly/names.ts';
import { readProperties } from '../properties.ts';
import type { ResourceInput } from '../stand-in.ts';

/** known, and without effect on one machine: backups, encryption, throughput, tags */
const noEffect = z.optional(z.unknown());

const KeySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Projection = z.strictObject({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']), NonKeyAttributes: z.optional(z.array(z.string())) });
const Index = z.strictObject({
	IndexName: z.string(),
	KeySchema,
	Projection,
	ContributorInsightsSpecification: noEffect,
	OnDemandThroughput: noEffect,
	WriteOnDemandThroughputSettings: noEffect,
	ReadOnDemandThroughputSettings: noEffect,
	WarmThroughput: noEffect,
});

const Properties = z.strictObject({
	TableName: z.optional(z.string()),
	AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
	KeySchema,
	BillingMode: z.optional(z.literal('PAY_PER_REQUEST')),
	GlobalSecondaryIndexes: z.optional(z.array(Index)),
	LocalSecondaryIndexes: z.optional(z.array(z.strictObject({ IndexName: z.string(), KeySchema, Projection }))),
	TimeToLiveSpecification: z.optional(z.strictObject({ AttributeName: z.optional(z.string()), Enabled: z.boolean() })),
	StreamSpecification: z.optional(z.looseObject({ StreamViewType: z.optional(z.string()) })),
	/** of a global table: exactly one, this region */
	Replicas: z.optional(z.array(z.looseObject({ Region: z.string() })).check(z.length(1))),
	DeletionProtectionEnabled: noEffect,
	PointInTimeRecoverySpecification: noEffect,
	SSESpecification: noEffect,
	Tags: noEffect,
	TableClass: noEffect,
	ContributorInsightsSpecification: noEffect,
	OnDemandThroughput: noEffect,
	WriteOnDemandThroughputSettings: noEffect,
	WarmThroughput: noEffect,
});

type Keys = z.infer<typeof KeySchema>;

/** What CreateTable takes; what does not belong in it is left out. */
export interface TableDefinition {
	TableName: string;
	BillingMode: 'PAY_PER_REQUEST';
	AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
	KeySchema: Keys;
	GlobalSecondaryIndexes?: IndexDefinition[];
	LocalSecondaryIndexes?: IndexDefinition[];
	StreamSpecification?: { StreamEnabled: true; StreamViewType: string };
}

export interface IndexDefinition {
	IndexName: string;
	KeySchema: Keys;
	Projection: { ProjectionType: string; NonKeyAttributes?: string[] | undefined };
}

export interface TableSettings {
	definition: TableDefinition;
	/** attribute that holds the epoch second at which an item expires */
	ttl?: string;
}

const plainIndex = ({ IndexName, KeySchema, Projection }: IndexDefinition): IndexDefinition => ({ IndexName, KeySchema, Projection });

/** @throws Error that names what is not covered */
export const readTable = (input: ResourceInput): TableSettings => {
	const table = readProperties(Properties, input);
	const stream = table.StreamSpecification?.StreamViewType;
	return {
		definition: {
			TableName: table.TableName ?? generatedName(input),
			BillingMode: 'PAY_PER_REQUEST',
			AttributeDefinitions: table.AttributeDefinitions,
			KeySchema: table.KeySchema,
			...(table.GlobalSecondaryIndexes?.length ? { GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(plainIndex) } : {}),
			...(table.LocalSecondaryIndexes?.length ? { LocalSecondaryIndexes: table.LocalSecondaryIndexes.map(plainIndex) } : {}),
			...(stream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } } : {}),
		},
		...(table.TimeToLiveSpecification?.Enabled && table.TimeToLiveSpecification.AttributeName
			? { ttl: table.TimeToLiveSpecification.AttributeName }
			: {}),
	};
};
