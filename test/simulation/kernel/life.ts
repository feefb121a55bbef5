/** Something that can end at any moment, with all that it planned: a process, an environment of a function, a page. */
import type { Kernel } from './kernel.ts';

export interface Life {
	readonly name: string;
	readonly alive: boolean;
	after(ms: number, run: () => void): () => void;
	sleep(ms: number): Promise<void>;
	/** What is waited for; after the end nobody waits any more. */
	living<T>(promise: Promise<T>): Promise<T>;
	/** Ends it. What ends with it, `whenEnded` says. */
	end(): void;
	whenEnded(run: () => void): void;
}

/** A new one each time: a promise keeps whoever waits for it, and with them a whole world, for as long as it is pending. */
export const never = (): Promise<never> => new Promise(() => undefined);

export const createLife = (kernel: Kernel, name: string): Life => {
	const planned = new Set<() => void>();
	const endings: (() => void)[] = [];
	let alive = true;

	const after = (ms: number, run: () => void): (() => void) => {
		if (!alive) return () => undefined;
		const cancel = kernel.after(ms, name, () => {
			planned.delete(cancel);
			run();
		});
		planned.add(cancel);
		return () => {
			planned.delete(cancel);
			cancel();
		};
	};

	return {
		name,
		get alive() {
			return alive;
		},
		after,
		sleep: (ms) => new Promise((done) => void after(ms, done)),
		living: (promise) =>
			promise.then(
				(value) => (alive ? value : never()),
				(error: unknown) => {
					if (alive) throw error;
					return never();
				},
			),
		end: () => {
			if (!alive) return;
			alive = false;
			for (const cancel of planned) cancel();
			planned.clear();
			for (const ending of endings) ending();
		},
		whenEnded: (run) => void endings.push(run),
	};
};
