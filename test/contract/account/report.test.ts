/** What the contract's table says of answers, and that what an account was given is taken away again. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assumed, documented, rule } from '../../../local/behaviours/behaviour.ts';
import { contractOnAccount } from '../../../scripts/lib/contract-flow.mjs';
import { type Answer, isAsked } from './ask.ts';
import { planOf } from './plan.ts';
import { exactly, question, seen, sometimes } from './question.ts';
import { isWrong, report, tableOf } from './report.ts';

const behaviours = [
	rule('A1', 'one passes', documented('x.html')),
	rule('A2', 'two passes', assumed('guessed')),
	rule('A3', 'three passes', assumed('guessed')),
	rule('A4', 'four passes', assumed('guessed')),
	rule('A5', 'five passes', { label: 'measured', on: '2026-01-01', source: 'x' }),
	rule('A6', 'six passes', assumed('guessed')),
];
const never = async () => seen(true, '');
const questions = [...['A1', 'A2', 'A3', 'A4', 'A5'].map((id) => question(id, 'x', never)), question('A6', 'x', never, { minutes: 13 })];
const answers = (changed: Record<string, Answer> = {}) =>
	new Map<string, Answer>(
		Object.entries({ A1: exactly(1, 1), A2: seen(true, 'two'), A4: sometimes(false, 'nothing'), A5: seen(true, 'five'), ...changed }),
	);
const lines = (kind: 'account' | 'stand-ins', changed: Record<string, Answer> = {}) =>
	report({ behaviours, questions, answers: answers(changed), kind, today: '2026-11-22' });
const label = (id: string, from: ReturnType<typeof lines>) => from.find((line) => line.id === id)?.write;

describe('the table', () => {
	it('keeps what is documented, and says of what was assumed that it was measured', () => {
		const account = lines('account');
		expect(['A1', 'A2', 'A4', 'A5'].map((id) => label(id, account))).toEqual([
			'documented',
			'measured (2026-11-22)',
			'assumed: it did not happen this time',
			'measured (2026-11-22)',
		]);
		expect(isWrong(account)).toBe(false);
		expect(account.map(({ verdict }) => verdict)).toEqual(['changed', 'changed', 'stays', 'stays', 'not asked', 'not asked']);
		expect(account.at(-1)?.saw).toBe('not asked: it takes 13 min; --long asks');
	});

	it('changes no label because of the stand-ins', () => {
		expect(label('A2', lines('stand-ins'))).toBe('assumed');
		expect(label('A5', lines('stand-ins'))).toBe('measured (2026-01-01)');
	});

	it('begins with contradictions, then what could not be asked; either is an error', () => {
		const contradicted = lines('account', { A2: seen(false, 'three instead'), A1: { is: 'failed', saw: 'Error: no answer' } });
		expect(contradicted.map(({ id }) => id).slice(0, 2)).toEqual(['A2', 'A1']);
		expect(isWrong(contradicted)).toBe(true);
		expect(isWrong(lines('account', { A1: { is: 'failed', saw: '' } }))).toBe(true);
		const text = tableOf(contradicted);
		expect(text).toContain('A2 says: two passes');
		expect(text).toContain('CONTRADICTION: AWS does otherwise');
		expect(text.split('\n').at(-1)).toBe('1 contradiction, 1 failed, 1 changed, 1 stays, 2 not asked');
	});
});

describe('the plan', () => {
	it('says what is made, asked, left out, and its price', () => {
		const folder = mkdtempSync(join(tmpdir(), 'contract-plan-'));
		try {
			writeFileSync(join(folder, 'Contract.template.json'), JSON.stringify({ Resources: { A: { Type: 'AWS::X::Y' }, B: { Type: 'AWS::X::Y' } } }));
			const plan = planOf({ questions, behaviours, assembly: folder, long: false });
			expect(plan).toContain('    2 AWS::X::Y');
			expect(plan).toContain('5 questions, of 5 behaviours; about 15 minutes:');
			expect(plan).toContain('Asked with --long only:\n  A6: x (13 min)');
			expect(plan).toMatch(/\$0\.0\d\d {2}together$/);
		} finally {
			rmSync(folder, { recursive: true });
		}
	});

	it('asks the stand-ins nothing that takes minutes or that they do not do', () => {
		const bind = question('A1', 'x', never, { notHere: 'a bind mount' });
		const slow = question('A6', 'x', never, { minutes: 13 });
		expect([isAsked(bind, 'stand-ins', true), isAsked(slow, 'stand-ins', true)]).toEqual([false, false]);
		expect([isAsked(bind, 'account', false), isAsked(slow, 'account', false), isAsked(slow, 'account', true)]).toEqual([true, false, true]);
	});
});

describe('an account', () => {
	/** Steps that say that they were taken, and end as they are told. */
	const steps = (ends: { agree?: boolean; prepare?: Error; deploy?: number; ask?: number | Error; destroy?: number } = {}) => {
		const taken: string[] = [];
		const step = (name: keyof typeof ends, usual: unknown) => async () => {
			taken.push(name);
			const end = ends[name] ?? usual;
			if (end instanceof Error) throw end;
			return end;
		};
		const said: string[] = [];
		return {
			taken,
			said,
			plan: async () => void taken.push('plan'),
			agree: step('agree', true),
			prepare: step('prepare', undefined),
			deploy: step('deploy', 0),
			ask: step('ask', 0),
			destroy: step('destroy', 0),
			say: (line: string) => void said.push(line),
		};
	};

	it('gets nothing without a yes, and after it the plan is known', async () => {
		const refused = steps({ agree: false });
		expect([await contractOnAccount(refused), refused.taken]).toEqual([2, ['plan', 'agree']]);
	});

	it('is given back what it had, however asking ends', async () => {
		const all = ['plan', 'agree', 'prepare', 'deploy', 'ask', 'destroy'];
		const well = steps();
		expect([await contractOnAccount(well), well.taken]).toEqual([0, all]);
		const contradicted = steps({ ask: 1 });
		expect([await contractOnAccount(contradicted), contradicted.taken]).toEqual([1, all]);
		const broken = steps({ ask: new Error('broken') });
		await expect(contractOnAccount(broken)).rejects.toThrow('broken');
		expect(broken.taken).toEqual(all);
		const half = steps({ deploy: 1 });
		expect([await contractOnAccount(half), half.taken]).toEqual([1, all.filter((name) => name !== 'ask')]);
	});

	it('is told of what stays, and that is an error', async () => {
		const stays = steps({ destroy: 1 });
		expect(await contractOnAccount(stays)).toBe(1);
		expect(stays.said.join()).toContain('still there');
	});
});
