import type { Log } from '../ports.ts';

type Fields = Readonly<Record<string, unknown>>;

const told = (error: unknown): unknown =>
	error instanceof Error
		? { name: error.name, message: error.message, stack: error.stack, ...(error.cause !== undefined && { cause: told(error.cause) }) }
		: error;

/** One line of JSON per event, written to where the platform collects lines. `context` stands in each: the function's name, for one. */
export const createLog = (write: (line: string) => void, context: Fields = {}): Log => {
	const line = (level: string, event: string, fields: Fields = {}): void => write(JSON.stringify({ level, event, ...context, ...fields }));
	return {
		info: (event, fields) => line('info', event, fields),
		warn: (event, fields) => line('warn', event, fields),
		error: (event, error, fields) => line('error', event, { ...fields, error: told(error) }),
	};
};
