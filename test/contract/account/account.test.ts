/** The contract's questions, asked of the stand-ins over the contract stack's own template: what an account would be asked, and how. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sections } from '../../../local/behaviours/all.ts';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { askOne, isAsked } from './ask.ts';
import { notAsked } from './not-asked.ts';
import { all } from './questions/all.ts';
import { openStandIns } from './stand-ins.ts';
import type { Target } from './target.ts';

const behaviours = Object.values(sections).flat();
const ids = behaviours.map(({ id }) => id);
const questioned = all.flatMap((question) => question.ids);

describe('the questions', () => {
	it('are of behaviours that there are, each asked once', () => {
		expect(questioned.filter((id) => !ids.includes(id))).toEqual([]);
		expect(questioned.filter((id, at) => questioned.indexOf(id) !== at)).toEqual([]);
	});

	it('leave out nothing that is assumed without a reason: add a question, or the reason to not-asked.ts', () => {
		const assumed = behaviours.filter(({ basis }) => basis.label === 'assumed').map(({ id }) => id);
		expect(assumed.filter((id) => !questioned.includes(id) && notAsked[id] === undefined)).toEqual([]);
		expect(Object.keys(notAsked).filter((id) => questioned.includes(id) || !ids.includes(id))).toEqual([]);
	});
});

describe.skipIf(sandboxProblem() !== undefined)('the stand-ins', () => {
	let target: Target;
	beforeAll(async () => {
		target = await openStandIns(() => {});
	}, 60_000);
	afterAll(() => target?.close());

	const asked = all.filter((question) => isAsked(question, 'stand-ins', false));
	it.each(asked.map((question) => [question.ids.map((id) => `[aws-${id}]`).join(' '), question.asks, question] as const))(
		'%s %s',
		async (_, __, question) => {
			const answers = await askOne(question, target);
			expect(Object.keys(answers).sort()).toEqual([...question.ids].sort());
			expect(Object.entries(answers).filter(([, { is }]) => is === 'otherwise' || is === 'failed')).toEqual([]);
		},
		60_000,
	);
});
