/** A stack of one table in the folder that is given, with one item in it; prints the pid of the tables' process and stays. */
import { createDynamoDb } from '../../../local/dynamodb/dynamodb.ts';
import { resource, stillWorld } from '../../support/world.ts';

const [, , state = ''] = process.argv;
const standIn = createDynamoDb(stillWorld({ state }));
const { ref } = await standIn.create(
	resource('AWS::DynamoDB::GlobalTable', 'Table', {
		AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
		KeySchema: [
			{ AttributeName: 'pk', KeyType: 'HASH' },
			{ AttributeName: 'sk', KeyType: 'RANGE' },
		],
	}),
);
await standIn.endpoints?.DYNAMODB?.({
	method: 'POST',
	path: '/',
	query: new URLSearchParams(),
	headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem' },
	body: Buffer.from(JSON.stringify({ TableName: ref, Item: { pk: { S: 'theirs' }, sk: { S: 'theirs' } } })),
	principal: { roleArn: '', sessionName: '' },
});
console.log(standIn.pids?.()[1]);
setInterval(() => {}, 60_000);
