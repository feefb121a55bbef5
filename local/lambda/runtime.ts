/**
 * The inside of an environment: runs in a worker thread of its own, loads the handler, and takes one event at a time.
 * Between events the thread is blocked, so that nothing goes on after the handler's promise has settled, as in a frozen environment.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { FunctionError } from './machine.ts';

export interface RuntimeData {
	/** folder of the function's code */
	folder: string;
	/** `<file without extension>.<export>` */
	handler: string;
	logFile: string;
	/** ms that its clock is ahead */
	skewMs: number;
	/** counts the events that were posted; the thread sleeps on it */
	signal: Int32Array;
	context: {
		functionName: string;
		functionVersion: string;
		invokedFunctionArn: string;
		memoryLimitInMB: string;
		logGroupName: string;
		logStreamName: string;
	};
}

export interface RuntimeEvent {
	requestId: string;
	/** ms since the epoch */
	deadline: number;
	payload: string;
}

export type RuntimeReport =
	| { type: 'ready' }
	| { type: 'success'; payload: string }
	| { type: 'failure'; error: FunctionError }
	| { type: 'unloadable'; error: FunctionError };

type Handler = (event: unknown, context: unknown) => unknown;

const { folder, handler, logFile, skewMs, signal, context } = workerData as RuntimeData;
const port = parentPort as MessagePort;

/** this machine's clock, whatever the environment's says */
const { now } = Date;
if (skewMs !== 0)
	globalThis.Date = new Proxy(Date, {
		construct: (real, given, made) => Reflect.construct(real, given.length > 0 ? given : [now() + skewMs], made) as Date,
		get: (real, name) => (name === 'now' ? () => now() + skewMs : Reflect.get(real, name)),
	});

// Written at once and not through the parent's thread: what a frozen or killed environment has said is there.
const log = openSync(logFile, 'a');
const write = (chunk: string | Uint8Array): boolean => {
	writeSync(log, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
	return true;
};
process.stdout.write = write;
process.stderr.write = write;

const errorOf = (thrown: unknown): FunctionError =>
	thrown instanceof Error
		? { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
		: { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };

const problem = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const load = async (): Promise<Handler> => {
	const dot = handler.lastIndexOf('.');
	const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
	for (const extension of ['mjs', 'js', 'cjs']) {
		const path = join(folder, `${file}.${extension}`);
		try {
			const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
			const found = module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
			if (typeof found !== 'function') throw problem('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
			// documented for Node 24: callbacks are gone
			if (found.length > 2) throw problem('Runtime.CallbackHandlerDeprecated', `${handler} takes a callback`);
			return found as Handler;
		} catch (thrown) {
			if ((thrown as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String((thrown as Error).message).includes(path)) throw thrown;
		}
	}
	throw problem('Runtime.ImportModuleError', `Cannot find module '${file}'`);
};

/** Sleeps, thread and all, until there is an event. */
const nextEvent = (): RuntimeEvent => {
	for (;;) {
		const seen = Atomics.load(signal, 0);
		const received = receiveMessageOnPort(port) as { message: RuntimeEvent } | undefined;
		if (received) return received.message;
		Atomics.wait(signal, 0, seen);
	}
};

const report = (message: RuntimeReport): void => port.postMessage(message);

const contextOf = (event: RuntimeEvent): unknown => ({
	...context,
	awsRequestId: event.requestId,
	callbackWaitsForEmptyEventLoop: true,
	getRemainingTimeInMillis: () => event.deadline - now(),
});

const loaded = async (): Promise<Handler> => {
	try {
		return await load();
	} catch (thrown) {
		console.error(thrown);
		report({ type: 'unloadable', error: errorOf(thrown) });
		return process.exit(1);
	}
};

const serve = async (): Promise<never> => {
	const run = await loaded();
	report({ type: 'ready' });
	for (;;) {
		const event = nextEvent();
		try {
			const result = await run(JSON.parse(event.payload), contextOf(event));
			report({ type: 'success', payload: JSON.stringify(result) ?? 'null' });
		} catch (thrown) {
			console.error(`${event.requestId} Invoke Error`, thrown);
			report({ type: 'failure', error: errorOf(thrown) });
		}
	}
};

// Not awaited at the top: a handler that waits for nothing lets the thread end, as it ends a real runtime.
void serve();
