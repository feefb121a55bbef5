/**
 * The image's settings of Claude Code before the real one, and what the senses make of its turns: rule A2 of task-image/agent/senses/SPEC.md.
 * `npm run claude-code`.
 */
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootfs } from '../task-image/support/house.ts';
import type { Reply } from './support/messages.ts';
import { createWorld } from './support/world.ts';

const settings = JSON.parse(readFileSync(join(rootfs, 'etc/claude-code/managed-settings.json'), 'utf8'));
const asking = ['--permission-mode', 'manual'];
const allowing = [...asking, '--allowedTools', 'Bash,Agent'];
const bash = (command: string, more: object = {}): Reply => ({ uses: 'Bash', input: { command, description: 'a command', ...more } });

test('its own check finds no fault with the settings', async () => {
	const { ends } = await createWorld();
	const { code, out } = await ends('doctor');
	expect({ code, faults: out.match(/.*(?:invalid|ignored|could not be parsed).*/gi) }).toEqual({ code: 0, faults: null });
	expect(out).toContain('No installation issues found.');
});

test.each<[string, object, string]>([
	['an event that there is not', { hooks: { ...settings.hooks, StopAll: settings.hooks.Stop } }, 'Unknown hook event "StopAll"'],
	['a hook of another form', { hooks: { ...settings.hooks, Stop: 'claude-hook' } }, 'hooks.Stop'],
])('and would find one with %s', async (_, broken, fault) => {
	const { ends, settings: change } = await createWorld();
	change(broken);
	const { out } = await ends('doctor');
	expect(out).toContain('Invalid settings');
	expect(out).toContain(fault);
});

test('it comes to its first screen, and nothing is at work there', async () => {
	const { begins, shows, sees } = await createWorld({ newcomer: true });
	await begins();
	expect(await shows('Welcome to Claude Code')).not.toMatch(/invalid|settings error/i);
	await sees();
});

test('[A2] a turn with a tool in it begins and ends; hooks of the user and of the project run beside ours, in files that are left alone', async () => {
	const events = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd'];
	const world = await createWorld({ replies: { 'wait for the file': bash('until [ -e go ]; do read -t 0.1 <> <(:); done; echo gone') } });
	const ran = await Promise.all(['.claude/settings.json', 'project/.claude/settings.json'].map((file) => world.hooks(file, events)));
	const files = ['.claude/settings.json', 'project/.claude/settings.json'].map((file) => join(world.folder, file));
	const before = files.map((file) => readFileSync(file, 'utf8'));
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.sees();
	await world.prompts('wait for the file');
	await world.sees('turn');
	expect(world.senses.seen().turnEndedAt).toBeUndefined();
	mkdirSync(join(world.project, 'go'));
	await world.shows('● Done.');
	await world.sees();
	expect(world.senses.seen().turnEndedAt).toBeGreaterThan(0);
	await world.press('C-d', 'C-d');
	await world.until(() => ran.every((lines) => lines().length >= events.length));
	expect(ran.map((lines) => lines())).toEqual([events, events]);
	expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
});

test('[A2] who switches hooks off in their own settings switches off theirs: the turn is still known', async () => {
	const world = await createWorld({ replies: { think: 'thinks' } });
	const ran = await world.hooks('.claude/settings.json', ['UserPromptSubmit'], { disableAllHooks: true });
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.prompts('think');
	await world.sees('turn');
	expect(ran()).toEqual([]);
});

test('[A2] without any hook of ours its status speaks for it', async () => {
	const world = await createWorld({ replies: { think: 'thinks' } });
	world.settings({});
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.prompts('think');
	await world.sees('turn');
	await world.press('Escape');
	await world.sees();
});

test('[A2] Esc ends a turn, of which no hook tells', async () => {
	const world = await createWorld({ replies: { think: 'thinks', wait: bash('read <> <(:)') } });
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.prompts('wait');
	await world.sees('turn');
	await world.asks(1);
	await world.press('Escape');
	await world.shows('Interrupted');
	await world.sees();
	await world.prompts('think');
	await world.sees('turn');
	await world.asks(2);
	await world.press('Escape');
	await world.sees();
});

test('[A2] a question for permission is a wait; refused, it is none', async () => {
	const world = await createWorld({ replies: { 'make it': bash('mkdir made') } });
	await world.begins(...asking);
	await world.shows('? for shortcuts');
	await world.prompts('make it');
	await world.shows('Do you want to proceed?');
	await world.sees('permission');
	await world.press('Escape');
	await world.sees();
});

test('[A2] while a sub-agent works behind a turn that has stopped, the turn goes on', async () => {
	const task = { description: 'look', prompt: 'think', subagent_type: 'general-purpose', run_in_background: true };
	const world = await createWorld({ replies: { think: 'thinks', delegate: { uses: 'Agent', input: task } } });
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	const stops = await world.hooks('.claude/settings.json', ['Stop']);
	await world.prompts('delegate');
	await world.until(() => stops().length > 0);
	await world.asks(3);
	await world.sees('turn');
	await world.kill();
	await world.sees();
});

test('[A2] [A3] what it runs in the background is a job, and its turn is over', async () => {
	const world = await createWorld({ replies: { serve: bash('sleep 3000', { run_in_background: true }) } });
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.prompts('serve');
	await world.shows('● Done.');
	await world.sees('job sleep 3000');
});

test('[A2] one that is killed has ended', async () => {
	const world = await createWorld({ replies: { think: 'thinks' } });
	await world.begins(...allowing);
	await world.shows('? for shortcuts');
	await world.prompts('think');
	await world.sees('turn');
	await world.kill();
	await world.sees();
});

test('[A2] a hook that can leave nothing keeps nothing up, and nothing of it comes before the model', async () => {
	const world = await createWorld({ replies: { list: bash('echo listed') } });
	rmdirSync(join(world.folder, 'hooks'));
	const { code, out } = await world.ends('-p', 'list', ...allowing);
	expect({ code, out }).toEqual({ code: 0, out: 'Done.\n' });
	expect(world.asked).toHaveLength(2);
	expect(world.asked.join()).toContain('listed');
	expect(world.asked.join()).not.toMatch(/claude-hook|hook (?:error|success|additional context)/i);
});
