/** A process that stands still now and then: what would have happened in it waits until it goes on. */

export interface Standstill {
	readonly still: boolean;
	/** Now, or when it goes on. */
	run(what: () => void): void;
	begin(): void;
	/** It goes on; all that waited happens, in its order. */
	end(): void;
}

export const createStandstill = (): Standstill => {
	let waiting: (() => void)[] | undefined;
	return {
		get still() {
			return waiting !== undefined;
		},
		run: (what) => void (waiting ? waiting.push(what) : what()),
		begin: () => {
			waiting ??= [];
		},
		end: () => {
			const waited = waiting ?? [];
			waiting = undefined;
			for (const what of waited) what();
		},
	};
};
