/** What must fit together once all is quiet: processes, tasks, slots and the files of the state folder. */
import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTasksCommand, paginateListTasks } from '@aws-sdk/client-ecs';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { keys } from '@shellpod/functions/core/keys.ts';
import { firstUid } from '@shellpod/functions/core/slot.ts';
import { readIdentity } from '../../local/sandbox/process.ts';
import type { Operator } from '../support/operator.ts';
import type { Stack } from '../support/stack.ts';
import { processesOf, untilSo } from './processes.ts';

const idsOf = (arns: readonly (string | undefined)[]): string[] => arns.map((arn) => arn?.split('/').at(-1) ?? '').sort();

/** tasks that ECS describes at once */
const atOnce = 100;

/** Tasks that ECS says to be there, by id. Of those that have ended it remembers an hour's: hundreds, here. */
export const tasksOf = async ({ ecs, cluster }: Operator): Promise<string[]> => {
	const arns: string[] = [];
	for (const desiredStatus of ['RUNNING', 'STOPPED'] as const)
		for await (const { taskArns } of paginateListTasks({ client: ecs }, { cluster, desiredStatus })) arns.push(...(taskArns ?? []));
	const there: (string | undefined)[] = [];
	for (let from = 0; from < arns.length; from += atOnce) {
		const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns.slice(from, from + atOnce) }));
		there.push(...(tasks ?? []).filter((task) => task.lastStatus !== 'STOPPED').map((task) => task.taskArn));
	}
	return idsOf(there);
};

/** No task without a session, no container without a task, no process without a container. */
const checkTasks = async (stack: Stack, operator: Operator, running: number): Promise<void> => {
	const folder = join(stack.state, 'ecs/sandbox/containers');
	let tasks: string[] = [];
	let containers: string[] = [];
	await untilSo(
		async () => {
			tasks = await tasksOf(operator);
			containers = readdirSync(folder).sort();
			return (tasks.length === running && tasks.join() === containers.join()) || undefined;
		},
		() => `${running} sessions run; tasks: ${tasks.join(' ')}; containers: ${containers.join(' ')}`,
	);
	const inits = containers.map((id) => readIdentity(join(folder, id, 'init'))?.pid);
	const found = processesOf(stack.state);
	const known = new Set(found.filter(({ pid }) => inits.includes(pid)).map(({ mounts }) => mounts));
	assert.equal(known.size, running);
	assert.deepEqual(
		found.filter(({ kind, mounts }) => kind === 'task' && !known.has(mounts)).map(({ pid, command }) => `${pid} ${command}`),
		[],
	);
};

/** Every uid that was given away has its slot, and at most one access point; no access point is without a slot. */
const checkSlots = async (stack: Stack, operator: Operator): Promise<void> => {
	const kept = JSON.parse(readFileSync(join(stack.state, 'efs/state.json'), 'utf8')) as {
		accessPoints: { id: string; request: { PosixUser: { Uid: number } } }[];
	};
	const next = Number((await operator.items.get(keys.uidCounter))?.nextUid ?? firstUid);
	const slots = new Map<number, string | undefined>();
	for (let uid = firstUid; uid < next; uid += 1) {
		const slot = await createSlots(operator.items).get(uid);
		if (slot) slots.set(uid, slot.state === 'making' ? undefined : slot.accessPointId);
	}
	const uids = kept.accessPoints.map(({ request }) => request.PosixUser.Uid);
	assert.equal(new Set(uids).size, uids.length, 'a uid has two access points');
	for (const { id, request } of kept.accessPoints) {
		const uid = request.PosixUser.Uid;
		assert.ok(slots.has(uid), `access point ${id} belongs to no slot`);
		const named = slots.get(uid);
		assert.ok(named === undefined || named === id, `slot ${uid} names ${named}, and has ${id}`);
	}
};

/** Each JSON file of the stand-ins is whole. */
const checkFiles = (stack: Stack): void => {
	const files = globSync('{*,*/*}.json', { cwd: stack.state });
	assert.ok(files.includes('ecs/state.json') && files.includes('efs/state.json'));
	for (const file of files) JSON.parse(readFileSync(join(stack.state, file), 'utf8'));
	assert.deepEqual(globSync('probe*', { cwd: stack.state }), []);
};

/** @param running how many sessions run */
export const checkLeftovers = async (stack: Stack, operator: Operator, running: number): Promise<void> => {
	await checkTasks(stack, operator, running);
	await checkSlots(stack, operator);
	checkFiles(stack);
};
