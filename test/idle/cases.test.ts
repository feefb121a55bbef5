/**
 * What keeps a session and what doesn't, end to end: real programs in a real tmux, the shipped agent and control plane, and hours that pass when the
 * table says so. Rules A1 to A5 of task-image/agent/senses/SPEC.md, N1 to N7 of functions/core/SPEC.md. The limit is 1 h; it begins at 08:00.
 */
import { once } from 'node:events';
import { expect } from 'vitest';
import { type Case, ends, listens, runs, show } from './support/cases.ts';
import type { World } from './support/world.ts';

const minute = 60_000;

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

show([
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
		stops: [10, 'Stopped 08:10 by you.'],
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
]);
