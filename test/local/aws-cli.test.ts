/** What the product made, by AWS's own command line: as an operator would look at it, run and stop it; and what it is told when it asks wrongly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type AwsCli, createAwsCli, type Said } from '../support/aws-cli.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';

/** ms: a command of Python's takes seconds on a busy machine */
const patience = 300_000;
const text = z.string();

let stack: Stack;
let cli: AwsCli;
let user: HttpUser;
/** the user's session, its cluster (ARN) and task (ARN) */
let session: string;
let cluster: string;
let task: string;

const parsed = <T>({ code, out, error }: Said, schema: z.core.$ZodType<T>): T => {
	expect({ code, error }).toEqual({ code: 0, error: '' });
	return z.parse(schema, JSON.parse(out));
};
const ask = async <T>(schema: z.core.$ZodType<T>, service: string, ...args: string[]): Promise<T> =>
	parsed(await cli.byOption(service, ...args, '--output', 'json'), schema);
const outputs = async (): Promise<Map<string, string>> => {
	const Stacks = z.object({ Stacks: z.array(z.object({ Outputs: z.array(z.object({ OutputKey: text, OutputValue: text })) })) });
	const { Stacks: stacks } = await ask(Stacks, 'cloudformation', 'describe-stacks');
	return new Map(stacks.flatMap(({ Outputs }) => Outputs.map((one) => [one.OutputKey, one.OutputValue])));
};

beforeAll(async () => {
	stack = await startStack();
	cli = await createAwsCli(await stack.awsEnvironment(), stack.state);
	user = await signInByHttp(stack, 'ada');
	({ id: session } = await user.createSession('first'));
	await user.reaches(session, 'Running');
	const { clusterArns } = await ask(z.object({ clusterArns: z.array(text) }), 'ecs', 'list-clusters');
	cluster = clusterArns[0] ?? '';
	const { taskArns } = await ask(z.object({ taskArns: z.array(text) }), 'ecs', 'list-tasks', '--cluster', cluster);
	expect(taskArns).toHaveLength(1);
	task = taskArns[0] ?? '';
}, patience);
afterAll(() => stack?.dispose());

const Tasks = z.object({
	tasks: z.array(
		z.object({
			taskArn: text,
			taskDefinitionArn: text,
			lastStatus: text,
			desiredStatus: text,
			startedBy: z.optional(text),
			stopCode: z.optional(text),
			stoppedReason: z.optional(text),
		}),
	),
	failures: z.array(z.unknown()),
});

describe("AWS's own command line", () => {
	it('is pointed here by the variables, or where it is too old for them by --endpoint-url', { timeout: patience }, async () => {
		const ways = [cli.byOption, ...(cli.readsEndpoints ? [cli.byVariables] : [])];
		console.log(`aws-cli ${cli.version}: ${cli.readsEndpoints ? 'by variables and ' : ''}by --endpoint-url`);
		for (const way of ways) {
			expect(await way('ecs', 'list-clusters', '--query', 'clusterArns[0]', '--output', 'text')).toEqual({ code: 0, out: `${cluster}\n`, error: '' });
			expect((await way('cognito-idp', 'list-users', '--user-pool-id', 'us-east-1_none')).error).toContain('(ResourceNotFoundException)');
			// what has no stand-in doesn't go out to AWS
			expect((await way('sts', 'get-caller-identity')).error).toContain('local mode has no stand-in for the service sts');
		}
	});

	it('lists and describes what the product made, from the task to its Home', { timeout: patience }, async () => {
		const { tasks, failures } = await ask(Tasks, 'ecs', 'describe-tasks', '--cluster', cluster, '--tasks', task);
		expect(failures).toEqual([]);
		expect(tasks).toMatchObject([{ taskArn: task, lastStatus: 'RUNNING', desiredStatus: 'RUNNING' }]);
		expect(tasks[0]?.startedBy).toContain(`/${session}/1`);

		const definition = tasks[0]?.taskDefinitionArn ?? '';
		const { taskDefinitionArns } = await ask(z.object({ taskDefinitionArns: z.array(text) }), 'ecs', 'list-task-definitions');
		expect(taskDefinitionArns).toContain(definition);
		const Volume = z.object({ efsVolumeConfiguration: z.object({ authorizationConfig: z.object({ accessPointId: text }) }) });
		const Definition = z.object({ taskDefinition: z.object({ taskRoleArn: text, volumes: z.array(Volume) }) });
		const { taskDefinition } = await ask(Definition, 'ecs', 'describe-task-definition', '--task-definition', definition);

		const role = taskDefinition.taskRoleArn.split('/').at(-1) ?? '';
		const { Role } = await ask(z.object({ Role: z.object({ Arn: text }) }), 'iam', 'get-role', '--role-name', role);
		expect(Role.Arn).toBe(taskDefinition.taskRoleArn);
		const accessPoint = taskDefinition.volumes[0]?.efsVolumeConfiguration.authorizationConfig.accessPointId ?? '';
		const AccessPoints = z.object({ AccessPoints: z.array(z.object({ AccessPointId: text, PosixUser: z.object({ Uid: z.number() }) })) });
		const found = await ask(AccessPoints, 'efs', 'describe-access-points', '--access-point-id', accessPoint);
		expect(found.AccessPoints).toMatchObject([{ AccessPointId: accessPoint, PosixUser: { Uid: expect.any(Number) } }]);
	});

	it('reads the user, their session in the table, and the functions', { timeout: patience }, async () => {
		const told = await outputs();
		const Users = z.object({ Users: z.array(z.object({ Attributes: z.array(z.object({ Name: text, Value: text })) })) });
		const { Users: users } = await ask(Users, 'cognito-idp', 'list-users', '--user-pool-id', told.get('UserPoolId') ?? '');
		const sub = users[0]?.Attributes.find(({ Name }) => Name === 'sub')?.Value;
		const Functions = z.object({ Functions: z.array(z.object({ Description: text })) });
		const { Functions: functions } = await ask(Functions, 'lambda', 'list-functions');
		expect(functions.map(({ Description }) => Description)).toEqual(expect.arrayContaining(['ShellPod api', 'ShellPod relay']));

		const table = told.get('TableName') ?? '';
		const key = JSON.stringify({ pk: { S: `USER#${sub}` }, sk: { S: `SESSION#${session}` } });
		const { Item } = await ask(z.object({ Item: z.record(text, z.unknown()) }), 'dynamodb', 'get-item', '--table-name', table, '--key', key);
		expect(JSON.stringify(Item)).toContain(session);
	});

	it("runs another task of a Home's family and stops it; what it stops of the product, the product brings back", { timeout: patience }, async () => {
		const { tasks } = await ask(Tasks, 'ecs', 'describe-tasks', '--cluster', cluster, '--tasks', task);
		const family = tasks[0]?.taskDefinitionArn.split('/').at(-1)?.split(':')[0] ?? '';
		const network = 'awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-1],assignPublicIp=ENABLED}';
		const where = ['--cluster', cluster];
		const ran = await ask(
			Tasks,
			...(['ecs', 'run-task', ...where, '--task-definition', family, '--launch-type', 'FARGATE', '--network-configuration', network] as const),
		);
		const other = ran.tasks[0]?.taskArn ?? '';
		expect(ran.tasks).toMatchObject([{ lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' }]);

		for (const arn of [other, task]) {
			const { task: stopping } = await ask(
				z.object({ task: z.object({ desiredStatus: text }) }),
				'ecs',
				'stop-task',
				...where,
				'--task',
				arn,
				'--reason',
				'by hand',
			);
			expect(stopping.desiredStatus).toBe('STOPPED');
		}
		// AWS's own waiter, on AWS's own members
		expect(await cli.byOption('ecs', 'wait', 'tasks-stopped', ...where, '--tasks', other, task)).toEqual({ code: 0, out: '', error: '' });
		const { tasks: ended } = await ask(Tasks, 'ecs', 'describe-tasks', ...where, '--tasks', other, task);
		expect(ended).toMatchObject([
			// the product lets nothing else write to a Home, and may have stopped it first
			{ taskArn: other, lastStatus: 'STOPPED', stopCode: 'UserInitiated' },
			{ taskArn: task, lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'by hand' },
		]);

		await user.reaches(session, 'Running');
		const { taskArns } = await ask(z.object({ taskArns: z.array(text) }), 'ecs', 'list-tasks', ...where, '--family', family);
		expect(taskArns).toHaveLength(1);
		expect([other, task]).not.toContain(taskArns[0]);
	});
});

describe('a wrong request', () => {
	const fargate = ['--launch-type', 'FARGATE'];
	const cases: [string, string, string, ...string[]][] = [
		['ClusterNotFoundException', 'RunTask', 'ecs', 'run-task', '--cluster', 'none', '--task-definition', 'x'],
		['ClientException', 'RunTask', 'ecs', 'run-task', '--cluster', '@', '--task-definition', 'none', ...fargate],
		['InvalidParameterException', 'RunTask', 'ecs', 'run-task', '--cluster', '@', '--task-definition', 'shellpod-base', ...fargate],
		['InvalidParameterException', 'RunTask', 'ecs', 'run-task', '--cluster', '@', '--task-definition', 'shellpod-base', '--count', '11'],
		['InvalidParameterException', 'StopTask', 'ecs', 'stop-task', '--cluster', '@', '--task', 'arn:aws:ecs:us-east-1:000000000000:task/x'],
		['UnknownOperationException', 'ListServices', 'ecs', 'list-services', '--cluster', '@'],
		['ResourceNotFoundException', 'GetItem', 'dynamodb', 'get-item', '--table-name', 'none', '--key', '{"pk":{"S":"a"}}'],
		['NoSuchEntity', 'GetRole', 'iam', 'get-role', '--role-name', 'none'],
		['InvalidAction', 'ListUsers', 'iam', 'list-users'],
		['AccessPointNotFound', 'DescribeAccessPoints', 'efs', 'describe-access-points', '--access-point-id', 'fsap-0123456789abcdef0'],
		['UnsupportedOperation', 'GetFunction', 'lambda', 'get-function', '--function-name', 'none'],
	];
	const refusedAs = (said: Said, code: string, operation: string): void => {
		expect(said.error).toContain(`An error occurred (${code}) when calling the ${operation} operation: `);
		// version 1 ends with 255, version 2 with 254
		expect([254, 255]).toContain(said.code);
		expect(said.out).toBe('');
	};

	it("is answered with AWS's own errors", { timeout: patience }, async () => {
		const asked = cases.map(([code, operation, service, ...args]) => async () => {
			refusedAs(await cli.byOption(service, ...args.map((arg) => (arg === '@' ? cluster : arg))), code, operation);
		});
		// two at a time: each is a process of Python's
		const work = async (): Promise<void> => {
			for (let next = asked.shift(); next; next = asked.shift()) await next();
		};
		await Promise.all([work(), work()]);
	});

	it("without a member that must be there doesn't leave the command line", { timeout: patience }, async () => {
		const { code, error } = await cli.byOption('ecs', 'stop-task', '--cluster', cluster);
		expect(error).toContain('the following arguments are required: --task');
		expect([2, 252]).toContain(code);
	});

	it('under a wrong signature, or an unknown key, is nobody', { timeout: patience }, async () => {
		const list = ['ecs', 'list-clusters'] as const;
		refusedAs(await cli.as({ AWS_SECRET_ACCESS_KEY: 'another' }, ...list), 'InvalidSignatureException', 'ListClusters');
		refusedAs(await cli.as({ AWS_ACCESS_KEY_ID: 'ASIAXXXXXXXXXXXXXXXX' }, ...list), 'UnrecognizedClientException', 'ListClusters');
	});
});
