import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Homes } from './data/homes.ts';
import { Network } from './data/network.ts';
import { ShellpodTable } from './data/table.ts';
import { Users } from './data/users.ts';

/** What holds data. It refers to nothing in the App stack: a reference both ways can't be deployed. */
export class DataStack extends Stack {
	readonly network: Network;
	readonly table: ShellpodTable;
	readonly homes: Homes;
	readonly users: Users;

	constructor(scope: Construct, id: string, props: StackProps) {
		super(scope, id, { ...props, terminationProtection: true });
		this.network = new Network(this, 'Network');
		this.table = new ShellpodTable(this, 'Table');
		this.homes = new Homes(this, 'Homes', { network: this.network });
		this.users = new Users(this, 'Users');
		// What `npm run shellpod-admin` looks for.
		new CfnOutput(this, 'UserPoolId', { value: this.users.pool.userPoolId, description: 'Users are added here: self sign-up is off' });
		new CfnOutput(this, 'TableName', { value: this.table.table.tableName });
	}
}
