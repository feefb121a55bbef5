/** What the life of a session waits for, and for how long. Rules in parentheses: SPEC.md. */
import { trashDays } from '@shellpod/protocol/limits.ts';

const second = 1_000;
const minute = 60 * second;

/** ms */
export const limits = {
	/** between two looks while something is in transition */
	look: 5 * second,
	/** between two questions with the same client token */
	askAgain: 10 * second,
	/** a client token older than this is never sent again: ECS may have forgotten it (rule 1) */
	token: 30 * minute,
	/** for so long a task that nobody sees may still appear (rule 3) */
	absence: 3 * minute,
	/** for so long a task that DescribeTasks does not know is not gone (rule 4) */
	missing: 60 * minute,
	/** between two StopTask for one task */
	stopAgain: 20 * second,
	/** stopTimeout of the container (120 s, Fargate's longest) + 60 s: an unconfirmed stop counts as one (rule 4) */
	unconfirmedStop: 3 * minute,
	/** a start with all its tries, and waiting for the older task before it (rule 8) */
	start: 4 * minute,
	/** a step of a start; the operator says how long an agent may take (rule 8) */
	steps: { reserve: 2 * minute, image: 2.5 * minute, home: 90 * second },
	/** nobody looked for so long that the time is not held against the start */
	unattended: 4 * minute,
	/** tasks that were asked for and did not come up */
	tries: 5,
	/** before try 2, 3, ... (rule 10) */
	backOff: [2 * second, 5 * second, 15 * second, 30 * second],
	/** how long an unasked end is remembered, and the pause before the next start for each one remembered (rule 11) */
	crash: 30 * minute,
	crashPause: [0, 10 * second, 30 * second, 90 * second],
	/** an agent whose connection has ended is back by then: its entrypoint starts it again within 4 s, and its first tries follow at once */
	reconnect: 30 * second,
	/** words of a running task that came longer before its agent's lease ended say nothing about that end */
	words: 5 * minute,
	/** between two looks at a running session whose agent is silent */
	silent: minute,
	/** a task that empties a Home, and the pauses before it is tried again (rule 19) */
	emptying: 60 * minute,
	emptyAgain: [minute, 5 * minute, 15 * minute, 60 * minute],
	/** a session stays in the trash (rule 15) */
	trash: trashDays * 24 * 60 * minute,
} as const;
