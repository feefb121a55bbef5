/** What the product says of costs, beside what the stand-ins of AWS have seen, counted apart: a task by ECS's record, messages by the gateway's access log. */
import { join } from 'node:path';
import { DescribeTasksCommand, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { Costs } from '@shellpod/protocol/costs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { killIn } from '../soak/victims.ts';
import { countAccessLog } from '../support/access-log.ts';
import { becomeOperator, type Operator } from '../support/operator.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type HttpUser, signInByHttp } from '../support/user.ts';
import { openViewer } from '../support/viewer.ts';

/** ms that anything may take on two busy cores */
const patience = 120_000;
/** The agent's hello, which says all that was before it, and its answer; and, of a page that comes while an agent is away, its hello and answer. */
const unsaid = 2;
/** us-east-1, arm64: 1 vCPU, 2 GB and an address, as AWS's pages have them. Written down a second time on purpose. */
const secondPrice = (0.03238 + 2 * 0.00356 + 0.005) / 3_600;
const unitPrice = 1e-6;

let stack: Stack;
let operator: Operator;
let user: HttpUser;
beforeAll(async () => {
	stack = await startStack();
	operator = await becomeOperator(stack);
	user = await signInByHttp(stack, 'ann');
}, patience);
afterAll(async () => {
	operator.release();
	await stack.dispose();
}, patience);

const costs = async (): Promise<Costs> => Costs.parse(await user.api('GET', '/api/costs'));
/** units of all WebSockets, of which this stack has only a page's and an agent's */
const logged = (): number => countAccessLog(join(stack.state, 'logs', 'gateway-access.log')).exact['message units'];

const tasksOf = async (): Promise<Task[]> => {
	const { ecs, cluster } = operator;
	const lists = await Promise.all(
		(['RUNNING', 'STOPPED'] as const).map((desiredStatus) => ecs.send(new ListTasksCommand({ cluster, desiredStatus }))),
	);
	const arns = lists.flatMap(({ taskArns = [] }) => taskArns);
	return (await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }))).tasks ?? [];
};
/** As Fargate charges: from the pull to the end, in whole seconds, a minute at least. */
const charged = ({ pullStartedAt, stoppedAt }: Task): number =>
	Math.max(60, Math.ceil(((stoppedAt?.getTime() ?? Number.NaN) - (pullStartedAt?.getTime() ?? Number.NaN)) / 1_000));

const runs = async (id: string, generation: number): Promise<void> => {
	const now = async () => {
		const session = await user.session(id);
		return [session.generation, session.state];
	};
	await expect.poll(now, { timeout: patience, interval: 500 }).toEqual([generation, 'Running']);
};
const type = async (id: string, lines: number): Promise<void> => {
	const viewer = await openViewer(await user.ticket(id), { cookie: user.cookie(), origin: stack.origin }, 80, 24);
	for (let line = 1; line <= lines; line++) {
		const shown = viewer.shows(`line-${line * 7}.`);
		viewer.type(`seq ${line * 100}; echo line-$((${line}*7)).\n`);
		await shown;
	}
	viewer.close();
	await viewer.closed;
};

it('[C1] [C4] of a session that is restarted, crashes and is stopped: seconds are those of ECS, units those of the gateway, but for what a crash kept untold', {
	timeout: 4 * patience,
}, async () => {
	await expect.poll(() => createSlots(operator.items).free(1), { timeout: patience }).toHaveLength(1);
	const { id } = await user.createSession('counted');
	await user.reaches(id, 'Running');
	await type(id, 20);

	const typed = logged();
	await user.api('POST', `/api/sessions/${id}/restart`);
	await runs(id, 2);
	const { month, today, sessions, perHour } = await costs();
	// Within the minute in which it was said, and before the agent would have said hello again.
	expect(month.units, 'a page and its agent said something, and the agent told of it as it ended').toBeGreaterThan(100);
	expect(month.units).toBeGreaterThanOrEqual(typed - unsaid);
	expect(sessions).toMatchObject([{ id, name: 'counted', month: { units: month.units } }]);
	expect(perHour).toBeCloseTo(secondPrice * 3_600, 9);
	expect(month.seconds).toBeGreaterThan(60);
	expect(today.seconds).toBeLessThanOrEqual(month.seconds);

	const second = (await tasksOf()).find(({ lastStatus }) => lastStatus === 'RUNNING')?.taskArn ?? expect.fail('ECS knows no task that runs');
	await killIn(stack, second, 'task');
	const untold = logged() - typed;
	await runs(id, 3);

	await user.api('POST', `/api/sessions/${id}/stop`);
	await user.reaches(id, 'Stopped');
	await expect
		.poll(async () => (await tasksOf()).map(({ lastStatus }) => lastStatus), { timeout: patience })
		.toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
	const seconds = (await tasksOf()).reduce((sum, task) => sum + charged(task), 0);
	await expect.poll(async () => (await costs()).month.seconds, { timeout: patience, interval: 500 }).toBe(seconds);
	const end = await costs();
	expect(logged() - end.month.units).toBeGreaterThanOrEqual(0);
	expect(logged() - end.month.units).toBeLessThanOrEqual(2 * unsaid + untold);
	expect(end.perHour).toBe(0);
	expect(end.month.usd).toBeCloseTo(seconds * secondPrice + end.month.units * unitPrice, 12);
});
