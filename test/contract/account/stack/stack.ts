/** A small stack that the contract is tried on, and that is destroyed afterwards: what the product uses of AWS, with functions that tell what they saw. */
import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { apiHost, executeApiArn } from '../../../../infra/control/addresses.ts';
import type { Outputs } from '../outputs.ts';
import type { Built } from './build.ts';
import { Sockets } from './sockets.ts';
import { Tasks } from './tasks.ts';

export class ContractStack extends Stack {
	constructor(scope: Construct, id: string, { functions, image }: Built) {
		super(scope, id, { stackName: 'shellpod-contract', description: 'ShellPod contract: made by npm run contract, removed at its end' });
		const table = new Table(this, 'Table', {
			partitionKey: { name: 'pk', type: AttributeType.STRING },
			sortKey: { name: 'sk', type: AttributeType.STRING },
			billingMode: BillingMode.PAY_PER_REQUEST,
			removalPolicy: RemovalPolicy.DESTROY,
		});
		table.addGlobalSecondaryIndex({
			indexName: 'kind',
			partitionKey: { name: 'kind', type: AttributeType.STRING },
			projectionType: ProjectionType.KEYS_ONLY,
		});
		const sockets = new Sockets(this, 'Sockets');
		const connections = `${apiHost(sockets.plain.apiId)}/ws`;
		const code = Code.fromAsset(functions);
		const add = (
			name: string,
			seconds: number,
			statements: PolicyStatement[],
			more: { memorySize?: number; reservedConcurrentExecutions?: number } = {},
		): LambdaFn => {
			const role = new Role(this, `${name}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
			const logGroup = new LogGroup(this, `${name}Log`, { retention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY });
			logGroup.grantWrite(role);
			for (const statement of statements) role.addToPrincipalPolicy(statement);
			return new LambdaFn(this, name, {
				code,
				handler: `index.${name.charAt(0).toLowerCase()}${name.slice(1)}`,
				runtime: Runtime.NODEJS_24_X,
				architecture: Architecture.ARM_64,
				memorySize: 256,
				timeout: Duration.seconds(seconds),
				environment: { CONTRACT_TABLE: table.tableName, CONTRACT_CONNECTIONS: `https://${connections}` },
				role,
				logGroup,
				...more,
			});
		};
		const write = new PolicyStatement({ actions: ['dynamodb:PutItem'], resources: [table.tableArn] });
		const post = new PolicyStatement({
			actions: ['execute-api:ManageConnections'],
			resources: [executeApiArn(sockets.plain.apiId, 'ws/POST/@connections/*')],
		});
		const scratch = add('Scratch', 3, [], { memorySize: 128 });
		// takes nothing from what the account may run at once
		const blocked = add('Blocked', 3, [], { reservedConcurrentExecutions: 0 });
		// longer than the gateway waits
		sockets.route(add('Authorizer', 10, [write]), add('Socket', 35, [write, post]), blocked);

		const http = new HttpApi(this, 'Http');
		const [told] = http.addRoutes({
			path: '/told',
			methods: [HttpMethod.POST],
			integration: new HttpLambdaIntegration('Told', add('Told', 10, [write])),
			authorizer: new HttpIamAuthorizer(),
		});
		http.addRoutes({ path: '/blocked', methods: [HttpMethod.GET], integration: new HttpLambdaIntegration('Blocked', blocked) });
		const tasks = new Tasks(this, 'Tasks', image);
		new Rule(this, 'TaskEvents', {
			eventPattern: { source: ['aws.ecs'], detailType: ['ECS Task State Change'], detail: { clusterArn: [tasks.cluster.clusterArn] } },
			targets: [new LambdaFunction(add('TaskChanged', 10, [write]))],
		});
		const outputs: Outputs = {
			PlainSocket: `wss://${connections}`,
			BareSocket: `wss://${apiHost(sockets.bare.apiId)}/ws`,
			GuardedSocket: `wss://${apiHost(sockets.guarded.apiId)}/ws`,
			Connections: `https://${connections}`,
			Http: `https://${apiHost(http.apiId)}`,
			ToldRoute: told ? executeApiArn(http.apiId, '*/POST/told') : '',
			Table: table.tableName,
			Scratch: scratch.functionName,
			Blocked: blocked.functionName,
			Cluster: tasks.cluster.clusterArn,
			FileSystem: tasks.fileSystem.fileSystemId,
			FileSystemArn: tasks.fileSystem.fileSystemArn,
			Subnets: tasks.vpc.publicSubnets.map(({ subnetId }) => subnetId).join(','),
			Group: tasks.group.securityGroupId,
			ExecutionRole: tasks.executionRole.roleArn,
			Image: tasks.image.imageUri,
		};
		for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, `${name}Output`, { value }).overrideLogicalId(name);
	}
}
