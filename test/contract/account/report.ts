/** What was seen, beside the labels of `local/behaviours`: which of them to change, contradictions first. */
import type { Basis, Behaviour } from '../../../local/behaviours/behaviour.ts';
import type { Answer } from './ask.ts';
import { notAsked } from './not-asked.ts';
import type { Question } from './question.ts';
import type { Target } from './target.ts';

export interface Line {
	id: string;
	/** what the behaviour says */
	says: string;
	now: string;
	saw: string;
	/** label to write */
	write: string;
	verdict: 'contradiction' | 'failed' | 'changed' | 'stays' | 'not asked';
}

export interface ReportOptions {
	behaviours: readonly Behaviour[];
	questions: readonly Question[];
	answers: ReadonlyMap<string, Answer>;
	kind: Target['kind'];
	/** YYYY-MM-DD */
	today: string;
}

const noQuestion = 'no question';

const labelOf = (basis: Basis): string => (basis.label === 'measured' ? `measured (${basis.on})` : basis.label);

const whyNotAsked = (id: string, questions: readonly Question[], kind: Target['kind']): string => {
	const question = questions.find(({ ids }) => ids.includes(id));
	if (!question) return notAsked[id] ?? noQuestion;
	if (kind === 'stand-ins' && question.notHere !== undefined) return `not asked here: ${question.notHere}`;
	const { minutes = 0 } = question;
	return kind === 'stand-ins'
		? `not asked here: it takes ${minutes} min, and a test on a virtual clock shows it`
		: `not asked: it takes ${minutes} min; --long asks`;
};

const lineOf = (behaviour: Behaviour, { questions, answers, kind, today }: ReportOptions): Line => {
	const { id, says, basis } = behaviour;
	const now = labelOf(basis);
	const answer = answers.get(id);
	if (!answer) return { id, says, now, saw: whyNotAsked(id, questions, kind), write: now, verdict: 'not asked' };
	const { is, saw } = answer;
	if (is === 'failed') return { id, says, now, saw, write: `${now}: the question failed`, verdict: 'failed' };
	if (is === 'otherwise')
		return { id, says, now, saw, write: `CONTRADICTION: ${kind === 'account' ? 'AWS' : 'the stand-in'} does otherwise`, verdict: 'contradiction' };
	if (is === 'unseen') return { id, says, now, saw, write: `${now}: it did not happen this time`, verdict: 'stays' };
	if (kind === 'stand-ins' || basis.label === 'documented') return { id, says, now, saw, write: now, verdict: 'stays' };
	return { id, says, now, saw, write: `measured (${today})`, verdict: 'changed' };
};

const order: readonly Line['verdict'][] = ['contradiction', 'failed', 'changed', 'stays', 'not asked'];

export const report = (options: ReportOptions): Line[] =>
	options.behaviours.map((behaviour) => lineOf(behaviour, options)).sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));

/** characters of what was seen */
const sawWidth = 90;
const cut = (text: string): string => (text.length > sawWidth ? `${text.slice(0, sawWidth - 1)}…` : text);

/** A table as text, and a last line with counts. What can't be shown in a line is whole for contradictions and failures. */
export const tableOf = (lines: readonly Line[]): string => {
	const unquestioned = lines.filter(({ saw }) => saw === noQuestion).map(({ id }) => id);
	const cells = [
		['id', 'label now', 'seen', 'label to write'],
		...lines
			.filter(({ saw }) => saw !== noQuestion)
			.map(({ id, now, saw, write, verdict }) => [id, now, verdict === 'contradiction' || verdict === 'failed' ? saw : cut(saw), write]),
	];
	const widths = [0, 1, 2].map((at) => Math.max(...cells.map((row) => Math.min(row[at]?.length ?? 0, sawWidth))));
	const text = cells.map((row) =>
		row
			.map((cell, at) => cell.padEnd(widths[at] ?? 0))
			.join('  ')
			.trimEnd(),
	);
	const said = lines.flatMap(({ id, says, verdict }) => (verdict === 'contradiction' ? [`${id} says: ${says}`] : []));
	const counts = order.map((verdict) => `${lines.filter((line) => line.verdict === verdict).length} ${verdict}`);
	const rest = unquestioned.length ? [`documented, and without a question: ${unquestioned.join(' ')}`] : [];
	return [...text, '', ...rest, ...said, counts.join(', ')].join('\n');
};

export const isWrong = (lines: readonly Line[]): boolean => lines.some(({ verdict }) => verdict === 'contradiction' || verdict === 'failed');
