import type { Log } from '../ports.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Characters of a word from which on it may be a token, a key or a ticket. Ids of sessions, connections and tasks' families are shorter or of another form. */
const longWord = /[\w+/=~%-]{20,}/g;
/** characters of an error's words: more of them is somebody's way to fill a disk */
const maxMessage = 1_000;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const looksDrawn = (word: string): boolean => /\d/.test(word) && /[a-z]/i.test(word) && !uuid.test(word);

/**
 * An error's words without what it was given: libraries quote their input (`Unexpected token 'x', "..." is not valid JSON`), and that may be anybody's
 * secret. What stands in quotes goes, and so do long words that look drawn by chance; names of AWS's own things stay, or no missing right could be found.
 */
export const withoutInput = (message: string): string =>
	message
		.replace(/(["`])[\s\S]*\1/g, '$1…$1')
		.replace(/(?<!\w)'(?!arn:aws)[^']*'(?!\w)/g, "'…'")
		.split(/(\s+)/)
		.map((word) => (/^\W*arn:aws/.test(word) ? word : word.replace(longWord, (part) => (looksDrawn(part) ? '…' : part))))
		.join('')
		.slice(0, maxMessage);

/** Where it happened: the lines of the stack that name code. The others repeat the message. */
const frames = (stack: string | undefined): string[] => (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));

const told = (error: unknown): unknown => {
	if (!(error instanceof Error)) return { name: typeof error };
	const { name, message, stack, cause } = error;
	return { name, message: withoutInput(message), stack: frames(stack), ...(cause !== undefined && { cause: told(cause) }) };
};

/** One line of JSON per event, written to where the platform collects lines. `context` stands in each: the function's name, for one. */
export const createLog = (write: (line: string) => void, context: Fields = {}): Log => {
	const line = (level: string, event: string, fields: Fields = {}): void => write(JSON.stringify({ level, event, ...context, ...fields }));
	return {
		info: (event, fields) => line('info', event, fields),
		warn: (event, fields) => line('warn', event, fields),
		error: (event, error, fields) => line('error', event, { ...fields, error: told(error) }),
	};
};
