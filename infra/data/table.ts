import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/** Name of the sparse index of what is due and of free slots; a test compares it with the functions' keys. */
const dueIndex = 'due';

/** The one table, on demand. */
export class ShellpodTable extends Construct {
	readonly table: Table;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.table = new Table(this, 'Table', {
			partitionKey: { name: 'pk', type: AttributeType.STRING },
			sortKey: { name: 'sk', type: AttributeType.STRING },
			billingMode: BillingMode.PAY_PER_REQUEST,
			timeToLiveAttribute: 'expires',
			pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
			deletionProtection: true,
			removalPolicy: RemovalPolicy.RETAIN,
		});
		this.table.addGlobalSecondaryIndex({
			indexName: dueIndex,
			partitionKey: { name: 'duePk', type: AttributeType.STRING },
			sortKey: { name: 'dueAt', type: AttributeType.STRING },
			// Readers look at the item itself: the index is late, and each projected attribute would be paid again at every write.
			projectionType: ProjectionType.KEYS_ONLY,
		});
	}

	get indexArn(): string {
		return `${this.table.tableArn}/index/${dueIndex}`;
	}
}
