/** What Claude Code does, by its hooks: rule A2. */
import * as z from 'zod/mini';

/** What is read of a hook's JSON. `pid`: of the process that ran the hook. https://docs.anthropic.com/en/docs/claude-code/hooks */
export const HookEvent = z.object({
	session_id: z.string().check(z.minLength(1), z.maxLength(128)),
	hook_event_name: z.string().check(z.maxLength(64)),
	notification_type: z.optional(z.string()),
	message: z.optional(z.string()),
});
export type HookEvent = z.infer<typeof HookEvent>;

export interface Turn {
	kind: 'turn' | 'permission';
	/** on the agent's clock */
	since: number;
}

interface Session {
	pid: number;
	turn?: Turn;
	/** when its last turn ended */
	endedAt?: number;
}

/** sessions that are known at most; the one that was heard first is forgotten */
const most = 32;

/** Older versions tell the kind of a notification only by its words. */
const kindOf = ({ notification_type: type, message = '' }: HookEvent): 'permission' | 'idle' | 'other' => {
	if (type === 'permission_prompt' || (type === undefined && /permission/i.test(message))) return 'permission';
	if (type === 'idle_prompt' || (type === undefined && /waiting for your input/i.test(message))) return 'idle';
	return 'other';
};

export const createClaude = () => {
	const sessions = new Map<string, Session>();

	const begin = (session: Session, kind: Turn['kind'], now: number): void => {
		if (session.turn?.kind === kind) return;
		// The turn goes on behind a wait for permission; the wait is told by its own beginning.
		session.turn = { kind, since: now };
	};
	const end = (session: Session, now: number): void => {
		if (session.turn) session.endedAt = now;
		delete session.turn;
	};

	return {
		/** A hook of the process `pid` of Claude Code has run. */
		hook(event: HookEvent, pid: number, now: number): void {
			const known = sessions.get(event.session_id);
			const session: Session = known ? { ...known, pid } : { pid };
			sessions.delete(event.session_id);
			sessions.set(event.session_id, session);
			const [first] = sessions.keys();
			if (sessions.size > most && first !== undefined) sessions.delete(first);
			switch (event.hook_event_name) {
				case 'UserPromptSubmit':
				case 'PreToolUse':
				case 'PostToolUse':
				case 'PostToolUseFailure':
				case 'SubagentStop':
					begin(session, 'turn', now);
					return;
				case 'PermissionRequest':
					begin(session, 'permission', now);
					return;
				case 'Notification': {
					const kind = kindOf(event);
					if (kind === 'permission') begin(session, 'permission', now);
					else if (kind === 'idle') end(session, now);
					return;
				}
				case 'Stop':
				case 'StopFailure':
				case 'SessionEnd':
					end(session, now);
			}
		},
		/** Which processes of Claude Code there are: the turn of one that is gone has ended. */
		living(pids: readonly number[], now: number): void {
			for (const session of sessions.values()) if (!pids.includes(session.pid)) end(session, now);
		},
		get turns(): Turn[] {
			return [...sessions.values()].flatMap(({ turn }) => (turn ? [turn] : [])).toSorted((a, b) => a.since - b.since);
		},
		/** when the last turn ended; undefined: none has */
		get endedAt(): number | undefined {
			const ends = [...sessions.values()].flatMap(({ endedAt }) => (endedAt === undefined ? [] : [endedAt]));
			return ends.length > 0 ? Math.max(...ends) : undefined;
		},
	};
};
export type Claude = ReturnType<typeof createClaude>;
