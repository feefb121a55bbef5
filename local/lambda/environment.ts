/** Drives one environment: a worker thread with its own modules and its own `process.env`. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { FunctionError, Outcome } from './machine.ts';
import type { RuntimeData, RuntimeEvent, RuntimeReport } from './runtime.ts';

/** bytes of a synchronous invocation's event and answer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maxPayloadBytes = 6 * 1024 * 1024;

export interface EnvironmentOptions {
	data: Omit<RuntimeData, 'signal'>;
	env: Record<string, string>;
	memoryMb: number;
	onReady(): void;
	onSettled(outcome: Outcome): void;
	/** once, when the environment is gone without having been killed */
	onExited(error: FunctionError): void;
}

export interface Environment {
	run(event: RuntimeEvent): void;
	kill(): Promise<void>;
}

const tooLarge = (bytes: number): FunctionError => ({
	errorType: 'Function.ResponseSizeTooLarge',
	errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (6291556 bytes).`,
});

/** The young generation is kept small: many environments share this machine, and their garbage is small. */
const limitsOf = (memoryMb: number): ResourceLimits => ({ maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 6 });

/** Node calls its own type stripping experimental; that line is not for the operator. */
const withoutWarnings = <T>(work: () => T): T => {
	const { emitWarning } = process;
	process.emitWarning = () => {};
	try {
		return work();
	} finally {
		process.emitWarning = emitWarning;
	}
};

let stripped: URL | undefined;
/** The runtime without its types: stripping them in each thread would cost 11 MB and 20 ms a thread. */
const runtime = (): URL => {
	const source = (): string => withoutWarnings(() => stripTypeScriptTypes(readFileSync(new URL('./runtime.ts', import.meta.url), 'utf8')));
	stripped ??= new URL(`data:text/javascript;base64,${Buffer.from(source()).toString('base64')}`);
	return stripped;
};

export const startEnvironment = (options: EnvironmentOptions): Environment => {
	const signal = new Int32Array(new SharedArrayBuffer(4));
	const worker = new Worker(runtime(), {
		workerData: { ...options.data, signal } satisfies RuntimeData,
		env: options.env,
		execArgv: ['--disable-warning=ExperimentalWarning'],
		resourceLimits: limitsOf(options.memoryMb),
		stdout: true,
		stderr: true,
	});
	let over = false;
	const exit = (error: FunctionError): void => {
		if (over) return;
		over = true;
		options.onExited(error);
	};
	worker.on('message', (message: RuntimeReport) => {
		if (over) return;
		switch (message.type) {
			case 'ready':
				return options.onReady();
			case 'success': {
				const bytes = Buffer.byteLength(message.payload);
				return options.onSettled(
					bytes > maxPayloadBytes ? { kind: 'failure', error: tooLarge(bytes) } : { kind: 'success', payload: message.payload },
				);
			}
			case 'failure':
				return options.onSettled({ kind: 'failure', error: message.error });
			case 'unloadable':
				return exit(message.error);
		}
	});
	worker.on('error', (thrown: unknown) => {
		const { code, name, message } = thrown as { code?: string; name?: string; message?: string };
		if (code === 'ERR_WORKER_OUT_OF_MEMORY') exit({ errorType: 'Runtime.OutOfMemory', errorMessage: 'Runtime exited with error: signal: killed' });
		else exit({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: `${name ?? 'Error'}: ${message ?? String(thrown)}` });
	});
	worker.on('exit', (code) => exit({ errorType: 'Runtime.ExitError', errorMessage: `Runtime exited with status: ${code}` }));
	return {
		run: (event) => {
			worker.postMessage(event);
			Atomics.add(signal, 0, 1);
			Atomics.notify(signal, 0);
		},
		kill: async () => {
			over = true;
			await worker.terminate();
		},
	};
};
