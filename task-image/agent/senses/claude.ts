/** What Claude Code does: by its hooks, and by the status that it keeps of itself, which knows of what no hook tells. Rule A2. */
import * as z from 'zod/mini';
import type { ClaudeStatus } from './claude-status.ts';

/** What is read of a hook's JSON. https://code.claude.com/docs/en/hooks */
export const HookEvent = z.object({
	session_id: z.string().check(z.minLength(1), z.maxLength(128)),
	hook_event_name: z.string().check(z.maxLength(64)),
	transcript_path: z.optional(z.string()),
	notification_type: z.optional(z.string()),
	message: z.optional(z.string()),
	/** why its session ended */
	reason: z.optional(z.string()),
	/** what goes on behind a turn that has stopped */
	background_tasks: z.optional(z.array(z.object({ type: z.string() }))),
});
export type HookEvent = z.infer<typeof HookEvent>;

export interface Turn {
	kind: 'turn' | 'permission';
	/** on the agent's clock */
	since: number;
}

/** What is known of one process of Claude Code. */
export interface Known {
	pid: number;
	/** when it began, on the agent's clock, since pids are given again; undefined: nobody has looked yet */
	startedAt?: number | undefined;
	/** ms since 1970, by the clock of the task: when a hook spoke of its turn last; undefined: none has */
	heardAt?: number | undefined;
	turn?: Turn | undefined;
	/** where the one before stood in its own files */
	transcript?: string | undefined;
}

export interface ClaudeState {
	known: readonly Known[];
	/** when the last turn ended, on the agent's clock; undefined: none has */
	endedAt?: number | undefined;
}

/** processes that are known at most; the one that was heard first is forgotten */
const most = 32;
/** ms that two looks may disagree about when a process began, on a machine that stands still now and then; no pid is given again so soon */
const sameStart = 20_000;

/** Background tasks that are processes of their own, and count as those do (A3). Sub-agents and workflows run within Claude Code. */
const processTasks = new Set(['shell', 'monitor']);

/** It asks for something, and does nothing until its user answers. */
const asking = new Set(['permission_prompt', 'agent_needs_input', 'elicitation_dialog']);

type Word = Turn['kind'] | 'rest';

/** Older versions tell the kind of a notification only by its words. */
const noticeOf = ({ notification_type: type, message = '' }: HookEvent): Word | undefined => {
	if (type === undefined ? /permission/i.test(message) : asking.has(type)) return 'permission';
	if (type === undefined ? /waiting for your input/i.test(message) : type === 'idle_prompt') return 'rest';
	return undefined;
};

/** What a hook says of its process; undefined: nothing. */
const wordOf = (event: HookEvent): Word | undefined => {
	switch (event.hook_event_name) {
		case 'UserPromptSubmit':
		case 'PreToolUse':
		case 'PostToolUse':
		case 'PostToolUseFailure':
			return 'turn';
		case 'PermissionRequest':
			return 'permission';
		case 'Notification':
			return noticeOf(event);
		case 'Stop':
			return event.background_tasks?.some(({ type }) => !processTasks.has(type)) ? 'turn' : 'rest';
		// `/clear` begins another conversation in the same process, whose sub-agents go on.
		case 'SessionEnd':
			return event.reason === 'clear' ? undefined : 'rest';
		case 'StopFailure':
			return 'rest';
		// Of a sub-agent's end too: another may ask for permission, or its user have ended the turn.
		default:
			return undefined;
	}
};

const statusWords: Readonly<Record<ClaudeStatus['status'], Word>> = { busy: 'turn', waiting: 'permission', shell: 'rest', idle: 'rest' };

export const createClaude = (saved: ClaudeState = { known: [] }) => {
	const known = new Map<number, Known>(saved.known.map((one) => [one.pid, one]));
	let { endedAt } = saved;

	/** The wait for permission lies within the turn, and is told by its own beginning. */
	const says = (one: Known, word: Word, now: number): void => {
		if (word === one.turn?.kind) return;
		if (word === 'rest' && one.turn) endedAt = now;
		known.set(one.pid, { ...one, turn: word === 'rest' ? undefined : { kind: word, since: now } });
	};

	return {
		/** A hook of the process `pid` of Claude Code has run; it spoke at `writtenAt`, ms since 1970 by the task's clock. */
		hook(event: HookEvent, pid: number, writtenAt: number, now: number): void {
			const word = wordOf(event);
			const before = known.get(pid);
			const one: Known = {
				...before,
				pid,
				transcript: event.transcript_path ?? before?.transcript,
				...(word && { heardAt: writtenAt }),
			};
			known.delete(pid);
			known.set(pid, one);
			const [first] = known.keys();
			if (known.size > most && first !== undefined) known.delete(first);
			if (word) says(one, word, now);
		},
		/** Which processes of Claude Code there are, and when they began: the turn of one that is gone has ended. */
		living(processes: readonly { pid: number; startedAt: number }[], now: number): void {
			for (const one of known.values()) {
				const process = processes.find(({ pid }) => pid === one.pid);
				if (process && Math.abs(process.startedAt - (one.startedAt ?? process.startedAt)) < sameStart) {
					known.set(one.pid, { ...one, startedAt: process.startedAt });
					continue;
				}
				if (one.turn) endedAt = now;
				known.delete(one.pid);
			}
		},
		/** The status that a process keeps of itself: counts when it is younger than what its hooks said. */
		status(pid: number, startedAt: number, { status, at }: ClaudeStatus, now: number): void {
			const one = known.get(pid) ?? { pid, startedAt };
			if (at > (one.heardAt ?? 0)) says(one, statusWords[status], now);
		},
		transcriptOf: (pid: number): string | undefined => known.get(pid)?.transcript,
		get turns(): Turn[] {
			return [...known.values()].flatMap(({ turn }) => (turn ? [turn] : [])).toSorted((a, b) => a.since - b.since);
		},
		/** for an agent that comes after this one */
		get state(): ClaudeState {
			return { known: [...known.values()], endedAt };
		},
	};
};
export type Claude = ReturnType<typeof createClaude>;
