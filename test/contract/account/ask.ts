/** Asks all questions of a target, one after the other; those that take long at once. */
import type { Question, Seen } from './question.ts';
import type { Target } from './target.ts';

/** What was seen of a behaviour; `failed`: the question itself could not be carried out. */
export type Answer = Seen | { is: 'failed'; saw: string };

/** s that a question may take beyond the minutes that it says */
const patience = 900;

export interface AskOptions {
	/** those that take many minutes too */
	long: boolean;
	/** told before each */
	say: (line: string) => void;
}

/** Whether it is asked there. */
export const isAsked = (question: Question, kind: Target['kind'], long: boolean): boolean =>
	kind === 'account' ? question.minutes === undefined || long : question.minutes === undefined && question.notHere === undefined;

const within = async <T>(seconds: number, work: Promise<T>): Promise<T> => {
	let timer: NodeJS.Timeout | undefined;
	const end = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1_000);
	});
	return Promise.race([work, end]).finally(() => clearTimeout(timer));
};

/** One question's answers, by behaviour. */
export const askOne = async (question: Question, target: Target): Promise<Record<string, Answer>> => {
	try {
		return { ...(await within(patience + (question.minutes ?? 0) * 60, question.ask(target))) };
	} catch (error) {
		const saw = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
		return Object.fromEntries(question.ids.map((id) => [id, { is: 'failed', saw }]));
	}
};

export const askAll = async (questions: readonly Question[], target: Target, { long, say }: AskOptions): Promise<Map<string, Answer>> => {
	const answers = new Map<string, Answer>();
	const asked = questions.filter((question) => isAsked(question, target.kind, long));
	const take = async (question: Question): Promise<void> => {
		say(`${question.ids.join(' ')}: ${question.asks} ...`);
		for (const [id, answer] of Object.entries(await askOne(question, target))) answers.set(id, answer);
	};
	const slow = asked.filter(({ minutes }) => minutes !== undefined).map(take);
	// one at a time: some count what comes back, and an account's rates are shared
	for (const question of asked.filter(({ minutes }) => minutes === undefined)) await take(question);
	await Promise.all(slow);
	return answers;
};
