/** What follows for an end that was cut off for flooding (`meter.ts`): it gets no ticket for a while. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Cuts, EndOf } from '../relay-ports.ts';

const words = {
	viewer: 'A page of this session sent more than a terminal ever needs, and was cut off. The session goes on.',
	agent: "This session's agent sent more than terminals ever need, and was cut off. Its programs go on.",
} as const;

/** Throws ShellPodError `flooding`, with the seconds until it may come again. */
export const refuseCut = async (cuts: Pick<Cuts, 'until'>, of: EndOf, now: Date): Promise<void> => {
	const until = await cuts.until(of, now);
	if (until !== undefined) throw new ShellPodError('flooding', words[of.role], { retryAfter: Math.ceil((until - now.getTime()) / 1_000) });
};

/** What a viewer is told of an agent that is kept away. */
export const agentCut = words.agent;
