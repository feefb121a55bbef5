/** D: what ECS and EFS say of requests, without a task that runs. */
import {
	DeregisterTaskDefinitionCommand,
	DescribeTasksCommand,
	ListTasksCommand,
	RegisterTaskDefinitionCommand,
	RunTaskCommand,
	type RunTaskCommandInput,
} from '@aws-sdk/client-ecs';
import { CreateAccessPointCommand } from '@aws-sdk/client-efs';
import { exactly, type Question, question, questions, refusal, seen } from '../question.ts';
import type { Target } from '../target.ts';
import { houseOf, register, request } from '../tasks.ts';

/** What RunTask says to a request that is wrong somewhere. */
const wrong = (id: string, asks: string, spoil: (right: RunTaskCommandInput) => RunTaskCommandInput): Question =>
	question(id, asks, async (target) => {
		const right = request(target, await definition(target), target.mark());
		const said = await refusal(target.ecs.send(new RunTaskCommand(spoil(right))));
		return seen(/^400 (InvalidParameter|Client)Exception$/.test(said), said);
	});

const definition = async (target: Target): Promise<string> => {
	const house = await houseOf(target);
	return register(target, house, { accessPoint: house.own, end: '0' });
};

/** definitions at once: more than the burst of 20 */
const atOnce = 30;

const plain = (family: string) =>
	new RegisterTaskDefinitionCommand({
		family,
		networkMode: 'awsvpc',
		requiresCompatibilities: ['FARGATE'],
		cpu: '256',
		memory: '512',
		containerDefinitions: [{ name: 'probe', image: 'public.ecr.aws/docker/library/busybox:stable', essential: true }],
	});

export const requests: readonly Question[] = [
	wrong('D1a', 'RunTask without a network', ({ networkConfiguration: _, ...rest }) => rest),
	wrong('D1b', 'RunTask with overrides of 9,000 characters', (right) => ({
		...right,
		overrides: { containerOverrides: [{ name: 'probe', environment: [{ name: 'X', value: 'x'.repeat(9_000) }] }] },
	})),
	wrong('D1c', 'RunTask of 11', (right) => ({ ...right, count: 11 })),
	question('D1f', 'RunTask of a revision that was deregistered', async (target) => {
		const { ecs } = target;
		const { taskDefinition } = await ecs.send(plain(target.mark()));
		const arn = taskDefinition?.taskDefinitionArn ?? '';
		await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
		const { overrides: _, ...right } = request(target, arn, target.mark());
		const said = await refusal(ecs.send(new RunTaskCommand(right)));
		return seen(/^400 (InvalidParameter|Client)Exception$/.test(said), said);
	}),
	question('D2c', 'DescribeTasks of 101', async ({ ecs, outputs }) => {
		const tasks = Array.from({ length: 101 }, (_, at) => at.toString(16).padStart(32, '0'));
		return exactly(await refusal(ecs.send(new DescribeTasksCommand({ cluster: outputs.Cluster, tasks }))), '400 InvalidParameterException');
	}),
	question('D2e', 'DescribeTasks of an id of 31 characters', async ({ ecs, outputs }) =>
		exactly(
			await refusal(ecs.send(new DescribeTasksCommand({ cluster: outputs.Cluster, tasks: ['a'.repeat(31)] }))),
			'400 InvalidParameterException',
		),
	),
	question('D2d', 'ListTasks by startedBy and family', async (target) => {
		const { ecs, outputs } = target;
		const alone = await refusal(ecs.send(new ListTasksCommand({ cluster: outputs.Cluster, startedBy: 'x' })));
		const both = await refusal(ecs.send(new ListTasksCommand({ cluster: outputs.Cluster, startedBy: 'x', family: 'y' })));
		return exactly([alone, both], ['no error', '400 InvalidParameterException']);
	}),
	questions(['E1d', 'E1h'], 'CreateAccessPoint twice with one token', async (target) => {
		const house = await houseOf(target);
		const said = await target.efs.send(new CreateAccessPointCommand(house.request)).then(
			({ AccessPointId }) => (AccessPointId === house.own ? 'the same one again' : 'another one'),
			(error: { name: string; AccessPointId?: string }) => `${error.name}${error.AccessPointId === house.own ? ' that names it' : ''}`,
		);
		const known = ['the same one again', 'AccessPointAlreadyExists that names it'];
		return { E1d: seen(known.includes(said), said), E1h: seen(known.includes(said), said) };
	}),
];

/** Asked last: what it uses up, all others need. */
export const throttled: readonly Question[] = [
	questions(['D2a', 'D3b'], `${atOnce} definitions at once, each of a family of its own`, async (target) => {
		const { ecs } = target;
		const made = await Promise.all(
			Array.from({ length: atOnce }, async () => {
				const said = refusal(
					ecs.send(plain(target.mark())).then(({ taskDefinition }) => {
						target.atEnd(() => ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinition?.taskDefinitionArn })));
					}),
				);
				return said;
			}),
		);
		const refused = made.filter((one) => one !== 'no error');
		const words = [...new Set(refused)].join(', ');
		return {
			D2a: seen(refused.length > 0, `${atOnce - refused.length} of ${atOnce} passed`),
			D3b: seen(words === '400 ThrottlingException', words || 'nothing was refused'),
		};
	}),
];
