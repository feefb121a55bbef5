/**
 * The file in which a process of Claude Code keeps what it does just now. Nothing promises it: where it is missing or reads otherwise, its hooks are all
 * there is. But when its user presses Esc no hook runs (https://github.com/anthropics/claude-code/issues/9516), and here it shows.
 */
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { readPlainFile } from './plain-file.ts';

/** `shell`: only commands in the background go on, which are processes of their own. */
const Status = z.object({ pid: z.int(), status: z.enum(['busy', 'waiting', 'shell', 'idle']), statusUpdatedAt: z.number() });
export interface ClaudeStatus {
	status: z.infer<typeof Status>['status'];
	/** ms since 1970, by the clock of the task: since when */
	at: number;
}

/** bytes */
const largest = 65_536;

/** Undefined: it keeps none that can be read. `transcript`: its folder of settings is three above; without one, the usual folder in the `home`. */
export const readClaudeStatus = async (pid: number, home: string, transcript?: string): Promise<ClaudeStatus | undefined> => {
	const folder = transcript === undefined ? join(home, '.claude') : dirname(dirname(dirname(transcript)));
	const text = await readPlainFile(join(folder, 'sessions', `${pid}.json`), largest);
	if (text === undefined) return undefined;
	try {
		const said = Status.parse(JSON.parse(text));
		return said.pid === pid ? { status: said.status, at: said.statusUpdatedAt } : undefined;
	} catch {
		return undefined;
	}
};
