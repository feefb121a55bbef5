/** What takes several steps can be cut off between them. Each step may be taken again. */
import { exits, Problem } from './problem.ts';

/** The steps after the first: what fails there leaves something to finish. */
export const finish = async <T>(begun: string, steps: () => Promise<T>): Promise<T> => {
	try {
		return await steps();
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw new Problem(`${begun}, but that is not all: ${why}\nRun the same command again; it goes on from here.`, exits.unfinished, { cause: error });
	}
};
