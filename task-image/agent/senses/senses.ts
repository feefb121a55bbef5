/** Puts the senses together: looks at what goes on, and says what is new of it. */
import type { Activity } from '@shellpod/protocol/activity.ts';
import { activity } from '@shellpod/protocol/activity-limits.ts';
import type { Clock } from '../clock.ts';
import { type ClaudeState, createClaude } from './claude.ts';
import type { ClaudeStatus } from './claude-status.ts';
import type { Hold, Holds } from './holds.ts';
import { workOf } from './jobs.ts';
import { createNews, type Seen } from './news.ts';
import type { Process } from './processes.ts';
import type { Spool } from './spool.ts';

const times = {
	/** between two looks at processes */
	look: 30_000,
	/** hooks come in bursts */
	gather: 200,
} as const;

/** What there is to read of Claude Code beside its hooks, and what is kept of it for the next agent of this task. */
export interface ClaudeNotes {
	read(): ClaudeState;
	write(state: ClaudeState): void;
	/** `transcript`: where that of the process `pid` is, if it has said so */
	statusOf(pid: number, transcript?: string): Promise<ClaudeStatus | undefined>;
}

export interface SensesDeps {
	clock: Clock;
	/** pid of the agent */
	own: number;
	processes: () => Promise<Process[]>;
	spool: Pick<Spool, 'take' | 'watch'>;
	claude: ClaudeNotes;
	holds: Holds;
	/** when somebody typed last; undefined: nobody has */
	inputAt: () => number | undefined;
	/** false: there is no way just now */
	send: (message: Activity) => boolean;
	log: (line: string) => void;
}

export const createSenses = (deps: SensesDeps) => {
	const { clock, holds } = deps;
	const claude = createClaude(deps.claude.read());
	const news = createNews();
	/** undefined: nobody has looked yet */
	let processes: readonly Process[] | undefined;
	let lookedAt = clock.now();
	let jobs: Seen['doing'] = [];
	let looking: Promise<void> | undefined;
	let again = false;
	let stopLooking: (() => void) | undefined;
	let stopGathering: (() => void) | undefined;
	let stopWatching: (() => void) | undefined;
	let stopTelling: (() => void) | undefined;
	let toldAt = Number.NEGATIVE_INFINITY;
	let notice: string | undefined;
	let stopped = false;
	/** a question that waits for its answer */
	let question: string | undefined;

	const startOf = (pid: number): number | undefined => {
		const found = processes?.find((one) => one.pid === pid);
		return found && lookedAt - found.ageMs;
	};

	const alive = ({ pid, startedAt }: NonNullable<Hold['process']>): boolean => {
		if (!processes) return true;
		const start = startOf(pid);
		return start !== undefined && Math.abs(start - startedAt) < 2_000;
	};

	const seen = (): Seen => {
		const inputAt = deps.inputAt();
		const { endedAt } = claude.state;
		const held = holds.current(clock.now(), alive).map(({ reason, since, until }) => ({ kind: 'hold' as const, name: reason, since, until }));
		const turns = claude.turns.map(({ kind, since }) => ({ kind, name: '', since }));
		return {
			doing: [...held, ...turns, ...jobs],
			...(inputAt !== undefined && { inputAt }),
			...(endedAt !== undefined && { turnEndedAt: endedAt }),
		};
	};

	/** An answer is waited for; all else may come a moment later. */
	const tell = (): void => {
		const early = toldAt + activity.floorMs - clock.now();
		if (early > 0 && question === undefined) {
			stopTelling ??= clock.after(early, () => {
				stopTelling = undefined;
				tell();
			});
			return;
		}
		const message = news.next(seen(), clock.now(), question);
		if (!message) return;
		if (!deps.send({ ...message, ...(notice !== undefined && { notice }) })) {
			news.again();
			return;
		}
		// What happens right after an answer must not wait: whoever asked may stop the session.
		toldAt = question === undefined ? clock.now() : Number.NEGATIVE_INFINITY;
		question = notice = undefined;
	};

	const lookOnce = async (): Promise<void> => {
		const hooks = await deps.spool.take();
		// Ages are told as of its beginning, and on a busy machine it takes seconds.
		const since = clock.now();
		const found = await deps.processes();
		[processes, lookedAt] = [found, since];
		const now = clock.now();
		const work = workOf(found, deps.own);
		const claudes = work.claudes.map(({ pid, ageMs }) => ({ pid, startedAt: since - ageMs }));
		// First, since a pid may be another process's by now.
		claude.living(claudes, now);
		for (const { event, pids, writtenAt } of hooks) {
			claude.hook(event, pids.find((pid) => claudes.some((one) => one.pid === pid)) ?? pids[0] ?? 0, writtenAt, now);
		}
		claude.living(claudes, now);
		for (const { pid, startedAt } of claudes) {
			const status = await deps.claude.statusOf(pid, claude.transcriptOf(pid));
			if (status) claude.status(pid, startedAt, status, now);
		}
		jobs = work.jobs.map(({ kind, name, ageMs }) => ({ kind, name, since: since - ageMs }));
		tell();
		deps.claude.write(claude.state);
	};

	/** Looks now; a look that is under way is followed by another, since it may have missed what this one is for. */
	const look = (): Promise<void> => {
		if (looking) {
			again = true;
			return looking;
		}
		stopLooking?.();
		looking = lookOnce()
			.catch((error: unknown) => deps.log(`activity: ${error instanceof Error ? error.message : String(error)}`))
			.then(() => {
				looking = undefined;
				if (stopped) return undefined;
				if (!again) {
					stopLooking = clock.after(times.look, () => void look());
					return undefined;
				}
				again = false;
				return look();
			});
		return looking;
	};

	return {
		async start(): Promise<void> {
			stopWatching = await deps.spool.watch(() => {
				stopGathering ??= clock.after(times.gather, () => {
					stopGathering = undefined;
					void look();
				});
			});
			if (stopped) stopWatching();
			else await look();
		},
		/** Somebody typed: a first key is told at once, and nothing is looked at for it. */
		typed: (): void => tell(),
		/** The control plane asks before it stops the session. */
		async ask(nonce: string): Promise<void> {
			question = nonce;
			await look();
		},
		/** Its user is to be told this with the next message, which goes soon. */
		notify(text: string): void {
			notice = text;
			news.again();
			tell();
		},
		/** Tells what goes on at once, to somebody who waits; and once more when it is time to, since the control plane answers so soon but doesn't write. */
		async tellNow(): Promise<void> {
			toldAt = Number.NEGATIVE_INFINITY;
			news.again();
			await look();
			news.again();
		},
		/** Tells what goes on in any case: what was told on an earlier connection may be lost, or an answer is wanted. */
		async tellAgain(): Promise<void> {
			news.again();
			await look();
		},
		/** Looks, then gives when a process began, on the agent's clock; undefined: there is none. */
		async startOf(pid: number): Promise<number | undefined> {
			await look();
			return startOf(pid);
		},
		look,
		seen,
		stop(): void {
			stopped = true;
			stopLooking?.();
			stopGathering?.();
			stopTelling?.();
			stopWatching?.();
		},
	};
};
export type Senses = ReturnType<typeof createSenses>;
