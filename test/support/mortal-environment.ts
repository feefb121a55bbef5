/** What a function reaches when it is loaded as Lambda loads it, through a server that ends with its environment; and an ECS that keeps its tasks. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base } from './session-records.ts';

export interface Task {
	taskArn: string;
	startedBy: string;
	group: string;
	lastStatus: string;
	desiredStatus: string;
	containers: unknown[];
}

/** ECS, as far as the functions ask it: by client token, each task once. */
export const createEcs = (
	saved = { tasks: new Map<string, Task>(), definitions: new Map<string, object>([[base, { containerDefinitions: [{ name: 'session' }] }]]) },
) => {
	const { tasks, definitions } = structuredClone(saved);
	const answer = (operation: string, input: Record<string, string>): unknown => {
		const all = [...tasks.values()];
		switch (operation) {
			case 'DescribeTaskDefinition':
				return { taskDefinition: definitions.get(input.taskDefinition ?? '') };
			case 'RegisterTaskDefinition': {
				const taskDefinitionArn = `arn:aws:ecs:us-east-1:000000000000:task-definition/${input.family}:${definitions.size}`;
				definitions.set(taskDefinitionArn, { ...input, taskDefinitionArn });
				return { taskDefinition: { taskDefinitionArn } };
			}
			case 'RunTask': {
				const token = input.clientToken ?? '';
				const group = `family:${/task-definition\/(.+):\d+$/.exec(input.taskDefinition ?? '')?.[1]}`;
				const task = tasks.get(token) ?? {
					taskArn: `arn:aws:ecs:us-east-1:000000000000:task/shellpod/${String(tasks.size).padStart(32, '0')}`,
					startedBy: input.startedBy ?? '',
					group,
					lastStatus: 'PROVISIONING',
					desiredStatus: 'RUNNING',
					containers: [],
				};
				tasks.set(token, task);
				return { tasks: [task], failures: [] };
			}
			case 'ListTasks':
				return {
					taskArns: all
						.filter((one) => (input.family === undefined || one.group === `family:${input.family}`) && one.desiredStatus === input.desiredStatus)
						.map(({ taskArn }) => taskArn),
				};
			case 'DescribeTasks':
				return { tasks: all.filter((one) => input.tasks?.includes(one.taskArn)), failures: [] };
			case 'StopTask': {
				const task = all.find(({ taskArn }) => taskArn === input.task);
				if (task) task.desiredStatus = 'STOPPED';
				return { task };
			}
			default:
				return {};
		}
	};
	return { tasks, answer, save: () => structuredClone({ tasks, definitions }) };
};

export type Ecs = ReturnType<typeof createEcs>;

/** IAM's answer to GetAccountSummary. */
export const rolesCounted =
	'<GetAccountSummaryResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetAccountSummaryResult><SummaryMap><entry><key>Roles</key><value>1</value></entry>' +
	'<entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap></GetAccountSummaryResult><ResponseMetadata/></GetAccountSummaryResponse>';
const roleMade = '<CreateRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata/></CreateRoleResponse>';

/**
 * All that an environment reaches goes through a server of its own, which is gone when the environment is: nothing that is left of it does anything.
 * @param table base address of the table
 * @param lastCall number of the call, from 0, that is made and not answered: the environment has died
 */
export const startMortalEnvironment = async (table: string, ecs: Ecs, lastCall = Number.POSITIVE_INFINITY) => {
	let calls = 0;
	let die = (): void => {};
	const died = new Promise<'died'>((done) => {
		die = () => {
			server.closeAllConnections();
			server.close();
			done('died');
		};
	});
	const forward = async (headers: IncomingHttpHeaders, path: string, body: string): Promise<{ status: number; body: string; type: string }> => {
		const target = String(headers['x-amz-target'] ?? '');
		if (!target.startsWith('DynamoDB')) {
			const operation = target.split('.')[1];
			if (path.includes('access-points')) return { status: 200, type: 'application/json', body: '{"AccessPointId":"fsap-1"}' };
			if (operation === undefined)
				return { status: 200, type: 'text/xml', body: body.includes('Action=GetAccountSummary') ? rolesCounted : roleMade };
			return { status: 200, type: 'application/json', body: JSON.stringify(ecs.answer(operation, JSON.parse(body))) };
		}
		const answer = await fetch(table, {
			method: 'POST',
			body,
			headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
				/^(content-type|authorization|x-amz-)/.test(name) ? [[name, String(value)]] : [],
			),
		});
		return { status: answer.status, type: 'application/x-amz-json-1.0', body: await answer.text() };
	};
	const server = createServer(async (request, response) => {
		let body = '';
		for await (const chunk of request) body += String(chunk);
		const call = calls++;
		const answer = await forward(request.headers, request.url ?? '', body);
		if (call >= lastCall) return die();
		response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		died,
		end: die,
		get calls() {
			return calls;
		},
	};
};
