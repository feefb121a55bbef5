/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { createClaude } from '@shellpod/task-image/agent/senses/claude.ts';
import { expect, test } from 'vitest';

type Step = [event: string, at: number, more?: { notification_type?: string; message?: string; session?: string; pid?: number }];

const after = (...steps: Step[]) => {
	const claude = createClaude();
	for (const [name, at, { session = 'one', pid = 5, ...more } = {}] of steps)
		claude.hook({ session_id: session, hook_event_name: name, ...more }, pid, at);
	return claude;
};

test('[A2] a turn lasts from the prompt to its stop, whatever comes between', () => {
	expect(after(['SessionStart', 0]).turns).toEqual([]);
	const working = after(['UserPromptSubmit', 1], ['PreToolUse', 900], ['PostToolUse', 901], ['SubagentStop', 1_000]);
	expect(working.turns).toEqual([{ kind: 'turn', since: 1 }]);
	const stopped = after(['UserPromptSubmit', 1], ['Stop', 1_200]);
	expect(stopped.turns).toEqual([]);
	expect(stopped.endedAt).toBe(1_200);
});

test.each<[string, Step]>([
	['StopFailure', ['StopFailure', 9]],
	['SessionEnd', ['SessionEnd', 9]],
	['an idle notification', ['Notification', 9, { notification_type: 'idle_prompt' }]],
	['an idle notification of an older version', ['Notification', 9, { message: 'Claude is waiting for your input' }]],
])('[A2] %s ends it', (_, step) => {
	expect(after(['UserPromptSubmit', 1], step)).toMatchObject({ turns: [], endedAt: 9 });
});

test.each<[string, Step]>([
	['a notification', ['Notification', 9, { notification_type: 'permission_prompt' }]],
	['one of an older version', ['Notification', 9, { message: 'Claude needs your permission to use Bash' }]],
	['a permission request', ['PermissionRequest', 9]],
])('[A2] %s makes a wait of it, until it goes on', (_, step) => {
	expect(after(['UserPromptSubmit', 1], step).turns).toEqual([{ kind: 'permission', since: 9 }]);
	expect(after(['UserPromptSubmit', 1], step, ['PostToolUse', 20]).turns).toEqual([{ kind: 'turn', since: 20 }]);
});

test('[A2] other notifications say nothing', () => {
	expect(after(['UserPromptSubmit', 1], ['Notification', 9, { notification_type: 'auth_success' }]).turns).toEqual([{ kind: 'turn', since: 1 }]);
});

test('[A2] the turn of a process that is gone has ended; another goes on', () => {
	const claude = after(['UserPromptSubmit', 1, { session: 'one', pid: 5 }], ['UserPromptSubmit', 2, { session: 'two', pid: 6 }]);
	claude.living([6], 50);
	expect(claude.turns).toEqual([{ kind: 'turn', since: 2 }]);
	expect(claude.endedAt).toBe(50);
});

test('[A2] whoever makes up sessions takes no more than a little memory', () => {
	const claude = createClaude();
	for (let at = 0; at < 1_000; at++) claude.hook({ session_id: `s${at}`, hook_event_name: 'UserPromptSubmit' }, 1, at);
	expect(claude.turns).toHaveLength(32);
});
