/** One seed of a scenario, from its world's beginning to its end. */
import { createKernel, Violation } from '../kernel/kernel.ts';
import type { Scenario, Tally } from '../scenarios/scenario.ts';

export interface SeedResult {
	seed: number;
	tally: Tally;
	steps: number;
	/** virtual ms */
	passed: number;
	/** of the trace */
	hash: string;
	/** what was broken, and the last lines of the trace */
	violation?: { rule: string; message: string; lines: string[] };
}

export interface SeedOptions {
	/** gets every line of the trace */
	onLine?: (line: string) => void;
}

export const runSeed = async (scenario: Scenario, seed: number, { onLine }: SeedOptions = {}): Promise<SeedResult> => {
	const kernel = createKernel({ seed, ...(scenario.oneWorld && { chance: 1 }), ...(onLine && { onLine }) });
	let tally: Tally = {};
	const stray = (error: unknown): void =>
		kernel.violated('S15', `a promise that nobody waits for was rejected: ${error instanceof Error ? error.stack : String(error)}`);
	process.on('unhandledRejection', stray);
	try {
		await kernel.run(async () => {
			tally = await scenario.tell(kernel);
		});
		return { seed, tally, steps: kernel.steps, passed: kernel.passed, hash: kernel.hash() };
	} catch (error) {
		if (!(error instanceof Violation)) throw error;
		const lines = kernel.lastLines();
		const cause = error.cause instanceof Error && error.cause.stack ? [error.cause.stack] : [];
		const violation = { rule: error.rule, message: error.message, lines: [...lines, ...cause] };
		return { seed, tally, steps: kernel.steps, passed: kernel.passed, hash: kernel.hash(), violation };
	} finally {
		process.off('unhandledRejection', stray);
	}
};
