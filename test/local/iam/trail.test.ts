import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPolicy } from '../../../local/iam/evaluator/policy.ts';
import { createJudge } from '../../../local/iam/judge.ts';
import { createTrail } from '../../../local/iam/trail.ts';
import { stillWorld } from '../../support/world.ts';

const world = stillWorld();
afterAll(world.remove);

const trailOf = (folder: string, name = 'trail.jsonl'): Record<string, unknown>[] =>
	readFileSync(join(folder, name), 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));

describe('the trail', () => {
	const role = 'arn:aws:iam::000000000000:role/api';
	const reader = { roleArn: role, sessionName: 'api' };
	const rights = {
		identity: [
			readPolicy(
				{
					Statement: [
						{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' },
						{ Effect: 'Allow', Action: 'ecs:Run*', Resource: '*' },
					],
				},
				'identity',
			),
		],
	};

	it('has each call once, with who, what, the keys that it came with, and why it was refused', () => {
		const folder = world.folder('once');
		const judge = createJudge({ iam: { rights: () => rights, note: createTrail(folder, world.now) }, account: '000000000000' });
		const read = { action: 'dynamodb:GetItem', resources: ['table'], context: { 'dynamodb:LeadingKeys': ['USER#1'] } };
		const run = { action: 'ecs:RunTask', resources: ['definition'] };
		for (let times = 0; times < 3; times++) {
			expect(judge(reader, [read, run])).toBeUndefined();
			expect(judge(reader, [{ ...run, action: 'ecs:StopTask' }])).toContain('ecs:StopTask');
			expect(judge(reader, undefined)).toContain("doesn't know");
		}
		judge({ roleArn: 'arn:aws:iam::000000000000:user/operator', sessionName: 'operator' }, [run]);
		const at = world.now().toISOString();
		expect(trailOf(folder)).toEqual([
			{ at, caller: role, action: 'dynamodb:GetItem', resource: 'table', context: { 'dynamodb:LeadingKeys': ['USER#1'] } },
			{ at, caller: role, action: 'ecs:RunTask', resource: 'definition' },
			{
				at,
				caller: role,
				action: 'ecs:StopTask',
				resource: 'definition',
				refused:
					'User: arn:aws:sts::000000000000:assumed-role/api/api is not authorized to perform: ecs:StopTask on resource: definition because no identity-based policy allows the ecs:StopTask action',
			},
			{
				at,
				caller: role,
				refused: "User: arn:aws:sts::000000000000:assumed-role/api/api is not authorized: local mode doesn't know what this call needs",
			},
		]);
		expect(statSync(join(folder, 'trail.jsonl')).mode & 0o777).toBe(0o600);
	});

	it('begins anew at each start and when it is full; the file before it is kept', () => {
		const folder = world.folder('full');
		createTrail(folder, world.now)({ caller: 'before', action: 'x', resource: '*' });
		const note = createTrail(folder, world.now);
		for (let count = 0; count < 8_001; count++) note({ caller: role, action: 'x', resource: String(count) });
		expect(trailOf(folder).map(({ resource }) => resource)).toEqual(['8000']);
		expect(trailOf(folder, 'trail.1.jsonl')).toHaveLength(8_000);
	});
});
