/**
 * What keeps a session and what doesn't, end to end: real programs in a real tmux, the shipped agent and control plane, and hours that pass when the
 * table says so. Rules A1 to A5 of task-image/agent/senses/SPEC.md, N1 to N7 of functions/core/SPEC.md. The limit is 1 h; it begins at 08:00.
 */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { createWorld, type World } from './support/world.ts';

/** At a minute something is done, or the dashboard says this. */
type Step = [minute: number, what: string | ((world: World) => Promise<unknown>)];

interface Case {
	rules: string;
	does: string;
	/** ms that the task's own wall clock is wrong by */
	clockOff?: number;
	steps: Step[];
	/** the minute in which it is stopped, and what the dashboard says then */
	stops: [minute: number, sentence: string];
	/** what is tried after that, and starts nothing */
	afterwards?: (world: World) => Promise<void>;
}

const minute = 60_000;
/** ms that a row may take, on a machine with much else to do */
const patience = 120_000;
const runs =
	(command: string, words = command) =>
	async ({ house, look }: World): Promise<void> => {
		await house.runs(command);
		await house.until(words);
		await look();
	};
const listens =
	(command: string, words: string) =>
	async ({ house, look }: World): Promise<void> => {
		await house.runs(command);
		await house.until(words, ({ listens: open }) => open);
		await look();
	};
const ends =
	(words: string) =>
	async ({ house }: World): Promise<void> => {
		await house.kill(words);
	};
const claude =
	(event: string, more: object = {}) =>
	({ hooks }: World): Promise<void> =>
		hooks(event, more);
const permission = { notification_type: 'permission_prompt', message: 'Claude needs your permission to use Bash' };
const prompt: Step[] = [
	[0, ({ claude: one }) => one.begins()],
	[1, claude('UserPromptSubmit', { prompt: 'mend the tests' })],
];

/** A page tries for two hours to come in. */
const comesBack =
	(how: { opened: boolean }) =>
	async ({ page, pass, says, api }: World): Promise<void> => {
		const [asked, said] = [api.tasks.asked.length, await says()];
		for (let tries = 0; tries < 24; tries++) {
			expect(await page('a', how)).toBeUndefined();
			await pass(5);
		}
		expect([api.tasks.asked.length, await says()]).toEqual([asked, said]);
	};

const cases: Case[] = [
	{
		rules: 'N2 N6',
		does: 'nothing at all',
		steps: [[50, 'Running, idle for 50 min (last: it started 08:00). Stops 09:00 unless something happens.']],
		stops: [61, 'Stopped 09:01 after 1 h idle. Last activity: it started 08:00.'],
	},
	{
		rules: 'A3 N4',
		does: '`sleep 3600` in a pane',
		steps: [
			[0, runs('sleep 3600')],
			[20, 'Running: sleep 3600 has been running for 20 min. Would stop 1 h after it ends.'],
			[120, 'Running: sleep 3600 has been running for 2 h. Would stop 1 h after it ends.'],
			[120, ends('sleep 3600')],
			[140, 'Running, idle for 20 min (last: sleep 3600 ran 10:00). Stops 11:00 unless something happens.'],
		],
		stops: [182, 'Stopped 11:02 after 1 h idle. Last activity: sleep 3600 ran 10:00.'],
	},
	{
		rules: 'A3 N4',
		does: 'a `nohup` job whose shell is gone',
		steps: [
			[0, runs(`(nohup sleep 4000 >/dev/null 2>&1 &)`, 'sleep 4000')],
			[120, 'Running: sleep 4000 has been running for 2 h. Would stop 1 h after it ends.'],
			[120, ends('sleep 4000')],
		],
		stops: [182, 'Stopped 11:02 after 1 h idle. Last activity: sleep 4000 ran 10:00.'],
	},
	{
		rules: 'A3 N4',
		does: 'a dev server that listens',
		steps: [
			[0, listens('python3 -m http.server 0', 'http.server')],
			[30, "Running, idle for 30 min (last: it started 08:00). python listens, which doesn't keep it. Stops 09:00 unless something happens."],
		],
		stops: [61, 'Stopped 09:01 after 1 h idle. Last activity: it started 08:00. Ended: python.'],
	},
	{
		rules: 'A3 N4',
		does: 'a dev server that its user says counts',
		steps: [
			[0, listens('python3 -m http.server 0', 'http.server')],
			[30, ({ ask }) => ask('PATCH', 'idle', { counts: { name: 'python', counts: true } })],
			[120, 'Running: python has been running for 2 h. Would stop 1 h after it ends.'],
			[120, ends('http.server')],
		],
		stops: [182, 'Stopped 11:02 after 1 h idle. Last activity: python ran 10:00.'],
	},
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
			[41, 'Running: Claude has been waiting for your permission for 30 min. Stops 10:11.'],
		],
		stops: [133, 'Stopped 10:13 after Claude had waited for your permission for 2 h 2 min. Ended: Claude.'],
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
		rules: 'A2',
		does: 'Claude is killed in the middle of its turn',
		steps: [...prompt, [30, ends('/claude')], [32, "Running, in use (last: Claude's turn ended 08:30). Stops 09:30 unless something happens."]],
		stops: [92, "Stopped 09:32 after 1 h idle. Last activity: Claude's turn ended 08:30."],
	},
	{
		rules: 'A1 N3',
		does: 'a tab is open all night, and nobody uses it',
		steps: [
			[0, ({ page }) => page('a', { opened: true })],
			[45, 'Running, idle for 45 min (last: it started 08:00). Stops 09:00 unless something happens.'],
		],
		stops: [61, 'Stopped 09:01 after 1 h idle. Last activity: it started 08:00.'],
	},
	{
		rules: 'A1 N3',
		does: 'a browser is killed in which somebody typed',
		steps: [
			[
				10,
				async ({ page }) => {
					const { viewer, shows, kill } = (await page('a', { opened: true })) ?? expect.fail('not let in');

					viewer.type('echo $((6*7))\r');
					await shows('\n42');
					kill();
				},
			],
			[40, 'Running, idle for 30 min (last: you opened it 08:10). Stops 09:10 unless something happens.'],
		],
		stops: [73, 'Stopped 09:13 after 1 h idle. Last activity: you typed 08:10.'],
	},
	{
		rules: 'A4 N4',
		does: 'a hold of 2 h that ends',
		steps: [
			[0, async ({ command }) => once(await command('hold', '2h', 'migration'), 'exit')],
			[100, 'Running: it is held until 10:00: migration. Would stop 1 h after that.'],
			[130, 'Running, idle for 10 min (last: it was held: migration 10:00). Stops 11:00 unless something happens.'],
		],
		stops: [182, 'Stopped 11:02 after 1 h idle. Last activity: it was held: migration 10:00.'],
	},
	{
		rules: 'A4',
		does: 'a hold whose process dies',
		steps: [
			[
				0,
				async ({ command, answered, look }) => {
					const held = answered();
					await command('hold', '--', 'tail', '-f', '/dev/null');
					await held;
					await look();
				},
			],
			[90, 'Running: it is held until 20:00: tail -f /dev/null. Would stop 1 h after that.'],
			[90, ends('hold -- tail')],
			[92, 'Running, in use (last: it was held: tail -f /dev/null 09:30). Stops 10:30 unless something happens.'],
		],
		stops: [152, 'Stopped 10:32 after 1 h idle. Last activity: it was held: tail -f /dev/null 09:30.'],
	},
	{
		rules: '13',
		does: 'its user stops it, and an old tab comes back again and again',
		steps: [
			[0, ({ page }) => page('a', { opened: true })],
			[10, ({ ask }) => ask('POST', 'stop')],
		],
		stops: [10, 'Stopped'],
		afterwards: comesBack({ opened: false }),
	},
	{
		rules: 'N3 N5 N6',
		does: 'a page is opened in the second in which it would be stopped, before that',
		steps: [
			[59, ({ untilAnswered }) => untilAnswered()],
			[59, ({ page }) => page('a', { opened: true })],
			[70, 'Running, idle for 10 min (last: you opened it 09:00). Stops 10:00 unless something happens.'],
		],
		stops: [121, 'Stopped 10:01 after 1 h idle. Last activity: you opened it 09:00.'],
	},
	{
		rules: '13 N5',
		does: 'a page is refreshed in the second in which it was stopped, after that',
		steps: [[59, ({ untilAnswered }) => untilAnswered()]],
		stops: [61, 'Stopped 09:01 after 1 h idle. Last activity: it started 08:00.'],
		afterwards: comesBack({ opened: true }),
	},
	{
		rules: 'N7',
		does: 'its agent is silent, and nobody knows why',
		steps: [
			[10, async ({ silenceAgent }) => silenceAgent()],
			[15, 'Running, idle for 15 min (last: it started 08:00). Stops 12:00 unless something happens.'],
			[100, 'Running, but nothing has been heard of it since 08:12. Stops 12:00 if that stays so.'],
		],
		stops: [240, 'Stopped 12:00 because nothing was heard of it any more. Last activity: it started 08:00.'],
	},
	...[-5, 5].map(
		(off): Case => ({
			rules: '9 A4',
			does: `a hold of 1 h, by a clock that is ${off} min off, over a restart of the agent`,
			clockOff: off * minute,
			steps: [
				[0, async ({ command }) => once(await command('hold', '1h', 'migration'), 'exit')],
				[10, ({ restartAgent }) => restartAgent()],
				[30, 'Running: it is held until 09:00: migration. Would stop 1 h after that.'],
				[70, 'Running, idle for 10 min (last: it was held: migration 09:00). Stops 10:00 unless something happens.'],
			],
			stops: [123, 'Stopped 10:03 after 1 h idle. Last activity: it was held: migration 09:00.'],
		}),
	),
];

test.each(cases)('[$rules] $does', { timeout: patience }, async ({ steps, stops, afterwards, clockOff = 0 }) => {
	const world = await createWorld({ clockOff });
	const said: unknown[] = [];
	for (const [at, what] of steps) {
		await world.pass(Math.max(0, at - world.minutes()));
		if (typeof what === 'string') said.push([at, await world.says()]);
		else await what(world);
	}
	const stopped = await world.untilStopped(6 * 60);
	expect({ said, stops: [stopped, await world.says()] }).toEqual({ said: steps.filter(([, what]) => typeof what === 'string'), stops });
	await afterwards?.(world);
});
