/** What each function may not do, right beside what it may: calls of unmodified SDK clients, judged by the synthesized policies. What it may, run.test.ts records. */
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../../local/iam/evaluator/policy.ts';
import { createJudge } from '../../../local/iam/judge.ts';
import type { Need } from '../../../local/stand-in.ts';
import { agentRoute, deployed, never, roles } from './function-calls.ts';
import { statementsOf } from './run/grants.ts';

const { judge, roleOf, documentsOf } = deployed;

/** A role's rights with one condition key less, for each. */
const loosened = (name: string) =>
	documentsOf(roleOf(name)).flatMap((document) =>
		statementsOf(document).flatMap((statement, index, all) =>
			Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
				Object.keys(keys).map((key) => {
					const { [key]: _, ...rest } = keys;
					const changed = { ...statement, Condition: { ...statement.Condition, [operator]: rest } };
					const sense = `${name} may ${statement.Action} only if ${operator} ${key} ${keys[key]}`;
					return { name, sense, rights: { identity: [readPolicy({ Statement: all.with(index, changed) }, 'identity')] } };
				}),
			),
		),
	);

describe('a condition', () => {
	it.each(Object.keys(roles).flatMap(loosened))('$sense: some call named here is refused by nothing else', async ({ name, rights }) => {
		const calls = await Promise.all([...(roles[name] ?? []), ...never].map(([, asked]) => asked));
		const judgeLoose = createJudge({ iam: { rights: () => rights, note: () => {} }, account: '000000000000' });
		const passed = calls.filter((needs) => judgeLoose({ roleArn: roleOf(name), sessionName: name }, needs) === undefined);
		expect(passed.length, 'name a call in function-calls.ts that only this condition refuses, or leave the condition out').toBeGreaterThan(0);
	});
});

describe('a function’s role', () => {
	it('is looked at, of each function', () => {
		expect(Object.keys(roles).sort()).toEqual([...deployed.functionNames].sort());
	});

	const rows = Object.entries(roles).flatMap(([name, mayNot]) => [...mayNot, ...never].map(([sense, asked]) => [name, sense, asked] as const));
	it.each(rows)('%s may not %s', async (name, _sense, asked) => {
		const refusal = judge({ roleArn: roleOf(name), sessionName: name }, await asked);
		expect(refusal).toMatch(/^User: arn:aws:sts::000000000000:assumed-role\/\S+ is not authorized to perform: \S+:\w+ on resource: (arn:|\*)/);
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

	it("gives a Home's role its agent's routes and nothing else", () => {
		expect(agentRoute).toMatch(/^arn:aws:execute-api:us-east-1:000000000000:\w+\/\*\/POST\/agent\/\*$/);
	});
});
