/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { createClaude, type HookEvent } from '@shellpod/task-image/agent/senses/claude.ts';
import { expect, test } from 'vitest';

type Step = [event: string, at: number, more?: Partial<HookEvent> & { pid?: number }];

/** The task's clock, by which hooks and status are dated, is this far ahead of the agent's. */
const ahead = 1_000_000;

const after = (...steps: Step[]) => {
	const claude = createClaude();
	for (const [name, at, { pid = 5, ...more } = {}] of steps) claude.hook({ session_id: 'one', hook_event_name: name, ...more }, pid, ahead + at, at);
	return claude;
};
const status = (claude: ReturnType<typeof after>, word: 'busy' | 'waiting' | 'shell' | 'idle', at: number, pid = 5): void =>
	claude.status(pid, 0, { status: word, at: ahead + at }, at);

test('[A2] a turn lasts from the prompt to its stop, whatever comes between', () => {
	expect(after(['SessionStart', 0]).turns).toEqual([]);
	const working = after(['UserPromptSubmit', 1], ['PreToolUse', 900], ['PostToolUse', 901], ['SubagentStop', 1_000]);
	expect(working.turns).toEqual([{ kind: 'turn', since: 1 }]);
	const stopped = after(['UserPromptSubmit', 1], ['Stop', 1_200, { background_tasks: [] }]);
	expect(stopped.turns).toEqual([]);
	expect(stopped.state.endedAt).toBe(1_200);
});

test.each<[string, Step]>([
	['StopFailure', ['StopFailure', 9]],
	['SessionEnd', ['SessionEnd', 9, { reason: 'prompt_input_exit' }]],
	['a stop of an older version', ['Stop', 9]],
	['a stop with commands in the background', ['Stop', 9, { background_tasks: [{ type: 'shell' }, { type: 'monitor' }] }]],
	['an idle notification', ['Notification', 9, { notification_type: 'idle_prompt' }]],
	['an idle notification of an older version', ['Notification', 9, { message: 'Claude is waiting for your input' }]],
])('[A2] %s ends it', (_, step) => {
	const { turns, state } = after(['UserPromptSubmit', 1], step);
	expect({ turns, endedAt: state.endedAt }).toEqual({ turns: [], endedAt: 9 });
});

test.each<[string, Step]>([
	['a notification', ['Notification', 9, { notification_type: 'permission_prompt' }]],
	['a question', ['Notification', 9, { notification_type: 'agent_needs_input' }]],
	['one of an older version', ['Notification', 9, { message: 'Claude needs your permission to use Bash' }]],
	['a permission request', ['PermissionRequest', 9]],
])('[A2] %s makes a wait of it, until it goes on', (_, step) => {
	expect(after(['UserPromptSubmit', 1], step).turns).toEqual([{ kind: 'permission', since: 9 }]);
	expect(after(['UserPromptSubmit', 1], step, ['PostToolUse', 20]).turns).toEqual([{ kind: 'turn', since: 20 }]);
});

test('[A2] the end of a sub-agent begins nothing: not while another waits for permission, nor behind a turn that has ended', () => {
	const asks = after(['UserPromptSubmit', 1], ['PermissionRequest', 9], ['SubagentStop', 20]);
	expect(asks.turns).toEqual([{ kind: 'permission', since: 9 }]);
	const interrupted = after(['UserPromptSubmit', 1], ['PreToolUse', 5]);
	status(interrupted, 'idle', 9);
	interrupted.hook({ session_id: 'one', hook_event_name: 'SubagentStop' }, 5, ahead + 10, 10);
	expect(interrupted.turns).toEqual([]);
});

test('[A2] other notifications say nothing', () => {
	expect(after(['UserPromptSubmit', 1], ['Notification', 9, { notification_type: 'auth_success' }]).turns).toEqual([{ kind: 'turn', since: 1 }]);
});

test('[A2] a turn goes on while sub-agents of it do, also when its conversation is cleared', () => {
	const behind = after(['UserPromptSubmit', 1], ['Stop', 9, { background_tasks: [{ type: 'shell' }, { type: 'subagent' }] }]);
	expect(behind.turns).toEqual([{ kind: 'turn', since: 1 }]);
	behind.hook({ session_id: 'one', hook_event_name: 'SessionEnd', reason: 'clear' }, 5, ahead + 10, 10);
	behind.hook({ session_id: 'two', hook_event_name: 'PreToolUse' }, 5, ahead + 20, 20);
	expect(behind.turns).toEqual([{ kind: 'turn', since: 1 }]);
	behind.hook({ session_id: 'two', hook_event_name: 'Stop', background_tasks: [] }, 5, ahead + 30, 30);
	expect(behind.turns).toEqual([]);
});

test.each(['idle', 'shell'] as const)('[A2] what no hook tells of ends it too: its own status says %s', (word) => {
	for (const last of [['PreToolUse', 9] as Step, ['Notification', 9, { notification_type: 'permission_prompt' }] as Step]) {
		const claude = after(['UserPromptSubmit', 1], last);
		status(claude, word, 8);
		expect(claude.turns).toHaveLength(1);
		status(claude, word, 10);
		expect({ turns: claude.turns, endedAt: claude.state.endedAt }).toEqual({ turns: [], endedAt: 10 });
	}
});

test('[A2] one whose hooks are off is known by its status alone, and by when it began', () => {
	const claude = after();
	status(claude, 'busy', 7);
	expect(claude.turns).toEqual([{ kind: 'turn', since: 7 }]);
	status(claude, 'waiting', 9);
	expect(claude.turns).toEqual([{ kind: 'permission', since: 9 }]);
	claude.living([{ pid: 5, startedAt: 60_000 }], 60_000);
	expect(claude.turns).toEqual([]);
});

test('[A2] the turn of a process that is gone has ended; another goes on', () => {
	const claude = after(['UserPromptSubmit', 1, { pid: 5 }], ['UserPromptSubmit', 2, { pid: 6 }]);
	claude.living([{ pid: 6, startedAt: 0 }], 50);
	expect(claude.turns).toEqual([{ kind: 'turn', since: 2 }]);
	expect(claude.state.endedAt).toBe(50);
});

test('[A2] what is known outlives the agent, and not the process: a pid is given again', () => {
	const before = after(['UserPromptSubmit', 1]);
	before.living([{ pid: 5, startedAt: -40 }], 50);
	const same = createClaude(before.state);
	same.living([{ pid: 5, startedAt: -90 }], 80);
	expect(same.turns).toEqual([{ kind: 'turn', since: 1 }]);
	const other = createClaude(before.state);
	other.living([{ pid: 5, startedAt: 70_000 }], 80_000);
	expect({ turns: other.turns, endedAt: other.state.endedAt }).toEqual({ turns: [], endedAt: 80_000 });
});

test('[A2] whoever makes up processes takes no more than a little memory', () => {
	const claude = createClaude();
	for (let at = 0; at < 1_000; at++) claude.hook({ session_id: 's', hook_event_name: 'UserPromptSubmit' }, 10 + at, at, at);
	expect(claude.turns).toHaveLength(32);
});
