/** A question to AWS, or to what stands in for it: what is done, and whether what was seen is what `local/behaviours` says. */
import type { Target } from './target.ts';

export interface Seen {
	/** so: as the behaviour says. unseen: it is something that only happens sometimes, and did not */
	is: 'so' | 'otherwise' | 'unseen';
	/** in words or figures */
	saw: string;
}

export interface Question {
	/** of behaviours; `ask` answers each */
	readonly ids: readonly string[];
	/** what is done */
	readonly asks: string;
	/** why the stand-ins are not asked; an account is */
	readonly notHere?: string;
	/** minutes that it takes: asked only with --long, and never of the stand-ins, whose machines show it on a virtual clock */
	readonly minutes?: number;
	ask(target: Target): Promise<Readonly<Record<string, Seen>>>;
}

const worded = (what: unknown): string => (typeof what === 'string' ? what : JSON.stringify(what));

export const seen = (so: boolean, saw: unknown): Seen => ({ is: so ? 'so' : 'otherwise', saw: worded(saw) });
/** For what only happens sometimes. */
export const sometimes = (happened: boolean, saw: unknown): Seen => ({ is: happened ? 'so' : 'unseen', saw: worded(saw) });
/** One thing is what is said, and nothing else. */
export const exactly = (saw: unknown, expected: unknown): Seen => seen(worded(saw) === worded(expected), saw);

type More = Pick<Question, 'notHere' | 'minutes'>;

export const question = (id: string, asks: string, ask: (target: Target) => Promise<Seen>, more: More = {}): Question => ({
	ids: [id],
	asks,
	...more,
	ask: async (target) => ({ [id]: await ask(target) }),
});

export const questions = (ids: readonly string[], asks: string, ask: Question['ask'], more: More = {}): Question => ({ ids, asks, ...more, ask });

/** The name and status of the error that an SDK throws; 'no error' when it does not. */
export const refusal = async (call: Promise<unknown>): Promise<string> =>
	call.then(
		() => 'no error',
		(error: { name?: string; $metadata?: { httpStatusCode?: number } }) =>
			`${error.$metadata?.httpStatusCode ?? ''} ${error.name ?? String(error)}`.trim(),
	);
