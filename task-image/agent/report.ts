import type { AgentReport } from '@shellpod/protocol/http.ts';
import { reports } from '@shellpod/protocol/limits.ts';
import { type Clock, pause } from './clock.ts';
import type { SignedPost } from './signed-post.ts';

/** ms that a report may take: what reports is about to end, and its user waits for the next try */
const patience = 2_000;

/** The body, with as much of the text's beginning as it may have. */
const bodyOf = (kind: AgentReport['kind'], text: string): string => {
	for (let length: number = reports.maxText; ; length = Math.floor(length / 2)) {
		const body = JSON.stringify({ kind, text: text.slice(0, length).toWellFormed() } satisfies AgentReport);
		if (Buffer.byteLength(body) <= reports.maxBytes) return body;
	}
};

/** Says how this task failed, where its user can read it: nothing that it prints is kept. Never throws, and ends in time. */
export const createReport =
	({ clock, post, log }: { clock: Clock; post: SignedPost; log: (line: string) => void }) =>
	async (kind: AgentReport['kind'], text: string): Promise<void> => {
		const said = post('/agent/report', bodyOf(kind, text)).then(
			({ status }) => (status === 204 ? undefined : `status ${status}`),
			(error: unknown) => (error instanceof Error ? error.message : String(error)),
		);
		const trouble = await Promise.race([said, pause(clock, patience).then(() => 'no answer in time')]);
		if (trouble !== undefined) log(`not reported: ${trouble}`);
	};
