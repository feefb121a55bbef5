/** Holds on the task's own disk, so that they outlive the agent's process (rule A4). Times in the file are ms since 1970, since no other clock does. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Clock } from '../clock.ts';
import type { Hold } from './holds.ts';

const ms = z.number();
const Saved = z.array(
	z.object({
		id: z.int(),
		reason: z.string(),
		since: ms,
		until: ms,
		process: z.optional(z.object({ pid: z.int(), startedAt: ms })),
	}),
);

const moved = ({ since, until, process, ...rest }: Hold, by: number): Hold => ({
	...rest,
	since: since + by,
	until: until + by,
	...(process && { process: { ...process, startedAt: process.startedAt + by } }),
});

export const createHoldFile = (path: string, clock: Pick<Clock, 'now' | 'wall'>) => {
	const ahead = (): number => clock.wall() - clock.now();
	return {
		/** What an earlier agent of this task left; nothing when there is none, or it can't be read. */
		read(): Hold[] {
			try {
				return Saved.parse(JSON.parse(readFileSync(path, 'utf8'))).map((hold) => moved(hold as Hold, -ahead()));
			} catch {
				return [];
			}
		},
		/** Throws when it can't be written. */
		write(holds: readonly Hold[]): void {
			const text = JSON.stringify(holds.map((hold) => moved(hold, ahead())));
			writeFileSync(`${path}.new`, text, { mode: 0o600 });
			renameSync(`${path}.new`, path);
		},
	};
};
