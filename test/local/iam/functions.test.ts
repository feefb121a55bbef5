/** Each function's calls against the synthesized policies: allowed, refused beside it, and none of its rights without use. */
import { describe, expect, it } from 'vitest';
import type { Policies } from '../../../local/iam/evaluator/decide.ts';
import { readPolicy } from '../../../local/iam/evaluator/policy.ts';
import { createJudge } from '../../../local/iam/judge.ts';
import type { Need } from '../../../local/stand-in.ts';
import { agentRoute, deployed, never, roles } from './function-calls.ts';

const { judge, roleOf, documentsOf } = deployed;

/** what no call here can ask for: a function's output goes to a file, the log service has no stand-in */
const notExercised = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** A function's policies with one thing less: an action of a statement, or a partition that it is about. */
const lessened = (name: string): (readonly [sense: string, rights: Policies])[] =>
	documentsOf(roleOf(name)).flatMap((document) =>
		document.Statement.flatMap((statement, index) => {
			const rights = (changed: unknown[]): Policies => ({
				identity: [
					readPolicy({ ...document, Statement: document.Statement.toSpliced(index, 1, ...(changed as typeof document.Statement)) }, 'identity'),
				],
			});
			const actions = [statement.Action].flat();
			const fewer = actions
				.filter((action) => !notExercised.includes(action))
				.map((action) => {
					const rest = actions.filter((one) => one !== action);
					return [`${action} of statement ${index}`, rights(rest.length > 0 ? [{ ...statement, Action: rest }] : [])] as const;
				});
			const partitions = [statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []].flat();
			const narrower = partitions.map((partition) => {
				const rest = ['none', ...partitions.filter((one) => one !== partition)];
				const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': rest } };
				return [`${partition} of statement ${index}`, rights([{ ...statement, Condition }])] as const;
			});
			return [...fewer, ...narrower];
		}),
	);

describe('without any one of its rights', () => {
	const rows = Object.keys(roles).flatMap((name) => lessened(name).map(([sense, rights]) => [name, sense, rights] as const));
	it.each(rows)('%s lacks %s, and AWS would say so', async (name, sense, rights) => {
		const all = await Promise.all((roles[name]?.may ?? []).map(([, asked]) => asked));
		const judgeLess = createJudge({ iam: { rights: () => rights, note: () => {} }, account: '000000000000' });
		const refusals = all.flatMap((needs) => judgeLess({ roleArn: roleOf(name), sessionName: name }, needs) ?? []);
		expect(refusals.length).toBeGreaterThan(0);
		if (sense.includes(':')) for (const refusal of refusals) expect(refusal).toContain(`to perform: ${sense.split(' ')[0]} on resource: `);
	});
});

describe('a function’s role', () => {
	const rows = Object.entries(roles).flatMap(([name, { may, mayNot }]) => [
		...may.map(([sense, asked]) => [name, 'may', sense, asked] as const),
		...[...mayNot, ...never].map(([sense, asked]) => [name, 'may not', sense, asked] as const),
	]);
	it.each(rows)('%s %s %s', async (name, verdict, _sense, asked) => {
		const needs = await asked;
		const refusal = judge({ roleArn: roleOf(name), sessionName: name }, needs);
		if (verdict === 'may') expect(refusal).toBeUndefined();
		else expect(refusal).toMatch(/^User: arn:aws:sts::000000000000:assumed-role\/\S+ is not authorized to perform: \S+:\w+ on resource: (arn:|\*)/);
	});

	it('cannot do what local mode cannot judge, nor when it is gone; the operator can do everything', () => {
		expect(judge({ roleArn: roleOf('api'), sessionName: 'x' }, undefined)).toContain("doesn't know what this call needs");
		const need: Need[] = [{ action: 'dynamodb:Scan', resources: ['*'] }];
		expect(judge({ roleArn: 'arn:aws:iam::000000000000:role/gone', sessionName: 'x' }, need)).toBe(
			'User: arn:aws:sts::000000000000:assumed-role/gone/x is not authorized to perform: dynamodb:Scan on resource: * because no identity-based policy allows the dynamodb:Scan action',
		);
		for (const needs of [undefined, need])
			expect(judge({ roleArn: 'arn:aws:iam::000000000000:user/operator', sessionName: 'operator' }, needs)).toBeUndefined();
	});

	it("gives a Home's role its own ticket and nothing else", () => {
		expect(agentRoute).toMatch(/^arn:aws:execute-api:us-east-1:000000000000:\w+\/\*\/POST\/agent\/tickets$/);
	});
});
