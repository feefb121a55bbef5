/** What is known of Claude Code, on the task's own disk, so that it outlives the agent's process (rule A2). Times in the file are ms since 1970, since no other clock does. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Clock } from '../clock.ts';
import type { ClaudeState } from './claude.ts';

const ms = z.number();
const Saved = z.object({
	known: z.array(
		z.object({
			pid: z.int(),
			startedAt: z.optional(ms),
			heardAt: z.optional(ms),
			turn: z.optional(z.object({ kind: z.enum(['turn', 'permission']), since: ms })),
			transcript: z.optional(z.string()),
		}),
	),
	endedAt: z.optional(ms),
});

const moved = ({ known, endedAt }: ClaudeState, by: number): ClaudeState => ({
	known: known.map(({ startedAt, turn, ...rest }) => ({
		...rest,
		startedAt: startedAt === undefined ? undefined : startedAt + by,
		turn: turn && { ...turn, since: turn.since + by },
	})),
	endedAt: endedAt === undefined ? undefined : endedAt + by,
});

export const createClaudeFile = (path: string, clock: Pick<Clock, 'now' | 'wall'>) => {
	const ahead = (): number => clock.wall() - clock.now();
	let written = '';
	return {
		/** What an earlier agent of this task left; nothing when there is none, or it can't be read. */
		read(): ClaudeState {
			try {
				return moved(Saved.parse(JSON.parse(readFileSync(path, 'utf8'))), -ahead());
			} catch {
				return { known: [] };
			}
		},
		/** Throws when it can't be written. */
		write(state: ClaudeState): void {
			const news = JSON.stringify(state);
			if (news === written) return;
			writeFileSync(`${path}.new`, JSON.stringify(moved(state, ahead())), { mode: 0o600 });
			renameSync(`${path}.new`, path);
			written = news;
		},
	};
};
