import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeAtRunTime } from '@shellpod/infra/checks/run-time.ts';
import { describe, expect, test } from 'vitest';
import { root } from '../../../infra/settings.ts';
import { plants } from './planted.ts';

const adapters = join(root, 'functions/adapters');
const services: Record<string, string> = { 'client-ecs': 'ecs', 'client-efs': 'elasticfilesystem', 'client-iam': 'iam' };

/** `service:Operation` of every SDK command that an adapter sends. */
const sent = readdirSync(adapters).flatMap((file) => {
	const text = readFileSync(join(adapters, file), 'utf8');
	const imports = [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([\w-]+)'/g)];
	return imports.flatMap(([, names = '', client = '']) =>
		[...names.matchAll(/\b(\w+)Command\b/g)].map(([, operation]) => `${services[client] ?? client}:${operation}`),
	);
});

describe('[1.18] what is made at run time', () => {
	plants('runTimeResources', [
		[
			'a schedule',
			({ allow }) => allow('Api', 'scheduler:CreateSchedule', '*'),
			/scheduler:CreateSchedule, which leaves something behind that no teardown finds/,
		],
		['a snapshot', ({ allow }) => allow('Slots', ['backup:StartBackupJob'], '*'), /backup:StartBackupJob/],
		['a parameter', ({ allow }) => allow('Api', 'ssm:PutParameter', '*'), /ssm:PutParameter/],
	]);

	test('every call of an adapter that makes something has a line, and every line a call', () => {
		const making = sent.filter((call) => /:(?:Create|Register|Run|Put|Start|Allocate|Import|Copy|Restore)/.test(call));
		expect([...new Set(making)].sort()).toEqual(Object.keys(madeAtRunTime).sort());
	});

	test('the deploy guide tells the operator the same', () => {
		const guide = readFileSync(join(root, 'docs/deploy.md'), 'utf8').replaceAll('`', '');
		for (const { what, found, removed } of Object.values(madeAtRunTime)) expect(guide).toContain(`| ${what} | ${found} | ${removed} |`);
	});

	test('each line says how all are found, how one is removed, and what limits them', () => {
		for (const [call, { found, removed, quota }] of Object.entries(madeAtRunTime)) {
			expect([call, found, removed].every((words) => words.length > 5)).toBe(true);
			expect(quota).toContain('https://docs.aws.amazon.com/');
		}
	});
});
