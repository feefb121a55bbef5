/** What Claude Code's hooks and its status make of a session, as `cases.test.ts` has it of other programs. Rule A2 of task-image/agent/senses/SPEC.md. */
import { ends, type Step, show } from './support/cases.ts';
import type { World } from './support/world.ts';

const claude =
	(event: string, more: object = {}) =>
	({ hooks }: World): Promise<void> =>
		hooks(event, more);
const permission = { notification_type: 'permission_prompt', message: 'Claude needs your permission to use Bash' };
const prompt: Step[] = [
	[0, ({ claude: one }) => one.begins()],
	[1, claude('UserPromptSubmit', { prompt: 'mend the tests' })],
];

show([
	{
		rules: 'A2 N4',
		does: 'Claude thinks for 20 min without a word, then ends its turn',
		steps: [
			...prompt,
			[21, 'Running: Claude has been working for 20 min. Would stop 1 h after it ends.'],
			[21, claude('Stop', { stop_hook_active: false })],
			[22, "Running, in use (last: Claude's turn ended 08:21). Stops 09:21 unless something happens."],
		],
		stops: [83, "Stopped 09:23 after 1 h idle. Last activity: Claude's turn ended 08:21."],
	},
	{
		rules: 'A2 N4',
		does: 'Claude waits for a permission that nobody gives',
		steps: [
			...prompt,
			[10, claude('PreToolUse', { tool_name: 'Bash', tool_input: { command: 'rm -r build' } })],
			[11, claude('Notification', permission)],
			[41, 'Running: Claude has been waiting for your answer for 30 min. Stops 10:11.'],
		],
		stops: [133, 'Stopped 10:13 after Claude had waited for your answer for 2 h 2 min. Ended: Claude.'],
	},
	{
		rules: 'A2 A3 N4',
		does: "Claude's turn ends and its background task goes on",
		steps: [
			...prompt,
			[
				5,
				async (world) => {
					await world.claude.runs('sleep 5000; true');
					await world.house.until('sleep 5000');
				},
			],
			[6, claude('Stop', { stop_hook_active: false })],
			[120, 'Running: sleep 5000 has been running for 1 h 55 min. Would stop 1 h after it ends.'],
			[120, ends('sleep 5000')],
		],
		stops: [182, 'Stopped 11:02 after 1 h idle. Last activity: sleep 5000 ran 10:00.'],
	},
	{
		rules: 'A2 N4',
		does: "Claude's turn stops, and a sub-agent of it thinks on for 2 h",
		steps: [
			...prompt,
			[5, claude('Stop', { background_tasks: [{ id: 'a', type: 'subagent', status: 'running' }] })],
			[121, 'Running: Claude has been working for 2 h. Would stop 1 h after it ends.'],
			[121, claude('UserPromptSubmit', { prompt: '<task-notification>' })],
			[122, claude('Stop', { background_tasks: [] })],
		],
		stops: [184, "Stopped 11:04 after 1 h idle. Last activity: Claude's turn ended 10:02."],
	},
	{
		rules: 'A2',
		does: 'its user interrupts Claude with Esc, of which no hook tells',
		steps: [
			...prompt,
			[2, ({ claude: one }) => one.becomes('busy')],
			[30, ({ claude: one }) => one.becomes('idle')],
			[32, "Running, in use (last: Claude's turn ended 08:30). Stops 09:30 unless something happens."],
		],
		stops: [92, "Stopped 09:32 after 1 h idle. Last activity: Claude's turn ended 08:30."],
	},
	{
		rules: 'A2',
		does: 'Claude works without hooks',
		steps: [
			[0, ({ claude: one }) => one.begins()],
			[1, ({ claude: one }) => one.becomes('busy')],
			[61, 'Running: Claude has been working for 1 h. Would stop 1 h after it ends.'],
			[61, ({ claude: one }) => one.becomes('waiting')],
			[92, 'Running: Claude has been waiting for your answer for 31 min. Stops 11:01.'],
			[92, ({ claude: one }) => one.becomes('idle')],
		],
		stops: [183, 'Stopped 11:03 after 1 h idle. Last activity: Claude waited for your answer 09:32.'],
	},
	{
		rules: 'A2',
		does: 'the agent is started again while Claude thinks',
		steps: [
			...prompt,
			[20, ({ restartAgent }) => restartAgent()],
			[121, 'Running: Claude has been working for 2 h. Would stop 1 h after it ends.'],
			[121, ends('/claude')],
		],
		stops: [183, "Stopped 11:03 after 1 h idle. Last activity: Claude's turn ended 10:01."],
	},
	{
		rules: 'A2',
		does: 'Claude is killed in the middle of its turn',
		steps: [...prompt, [30, ends('/claude')], [32, "Running, in use (last: Claude's turn ended 08:30). Stops 09:30 unless something happens."]],
		stops: [92, "Stopped 09:32 after 1 h idle. Last activity: Claude's turn ended 08:30."],
	},
]);
