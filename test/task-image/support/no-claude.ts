/** A session in which Claude Code was never begun. */
import type { SensesDeps } from '@shellpod/task-image/agent/senses/senses.ts';

export const noClaude: Pick<SensesDeps, 'spool' | 'claude'> = {
	spool: { take: async () => [], watch: async () => () => undefined },
	claude: { read: () => ({ known: [] }), write: () => undefined, statusOf: async () => undefined },
};
