/**
 * The real Claude Code in a pane, before the image's settings and hook, with the agent's senses beside it. Its model answers as the test says, on this
 * machine: what it asks of anything else stays unanswered.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { systemClock } from '@shellpod/task-image/agent/clock.ts';
import { createClaudeFile } from '@shellpod/task-image/agent/senses/claude-file.ts';
import { readClaudeStatus } from '@shellpod/task-image/agent/senses/claude-status.ts';
import { createHolds } from '@shellpod/task-image/agent/senses/holds.ts';
import { createSenses } from '@shellpod/task-image/agent/senses/senses.ts';
import { createSpool } from '@shellpod/task-image/agent/senses/spool.ts';
import { onTestFinished } from 'vitest';
import { createHouse } from '../../idle/support/house.ts';
import { rootfs, run } from '../../task-image/support/house.ts';
import { createMessages, type Reply } from './messages.ts';

const room = join(import.meta.dirname, 'room.sh');
const program = process.env.CLAUDE_CODE ?? '';

/** `newcomer`: nobody has answered its first questions yet */
export const createWorld = async ({ replies = {}, newcomer = false }: { replies?: Record<string, Reply>; newcomer?: boolean } = {}) => {
	const house = createHouse(systemClock.now);
	onTestFinished(() => house.demolish());
	const messages = await createMessages(replies);
	onTestFinished(messages.close);
	const { folder } = house;
	const project = join(folder, 'project');
	mkdirSync(join(project, '.claude'), { recursive: true });
	mkdirSync(join(folder, '.claude'));
	const answered = {
		hasCompletedOnboarding: true,
		theme: 'dark',
		customApiKeyResponses: { approved: ['no-key'], rejected: [] },
		projects: { [project]: { hasTrustDialogAccepted: true } },
	};
	if (!newcomer) writeFileSync(join(folder, '.claude.json'), JSON.stringify(answered));
	const environment = {
		...house.environment,
		ANTHROPIC_BASE_URL: messages.url,
		ANTHROPIC_API_KEY: 'no-key',
		CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
		DISABLE_AUTOUPDATER: '1',
	};
	const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
	/** the image's files, of which a test may change one */
	let image = rootfs;

	const senses = createSenses({
		clock: systemClock,
		own: process.pid,
		processes: house.processes,
		spool: createSpool(join(folder, 'hooks')),
		claude: {
			...createClaudeFile(join(folder, 'claude.json'), systemClock),
			statusOf: (pid, transcript) => readClaudeStatus(pid, folder, transcript),
		},
		holds: createHolds(),
		inputAt: () => undefined,
		send: () => true,
		log: (line) => {
			throw new Error(line);
		},
	});
	let over = false;
	onTestFinished(() => {
		over = true;
		senses.stop();
	});
	const pane = (...args: string[]) => run(['tmux', '-S', join(folder, 'tmux'), ...args], house.environment, folder);

	const world = {
		folder,
		project,
		senses,
		asked: messages.asked,
		kill: (): Promise<void> => house.kill(program),
		/** Other settings than the image's. */
		settings(json: object): void {
			image = join(folder, 'image');
			cpSync(rootfs, image, { recursive: true });
			writeFileSync(join(image, 'etc/claude-code/managed-settings.json'), JSON.stringify(json));
		},
		/** A hook of somebody's own, in their settings, that leaves a line for each of these events. Gives the lines. */
		async hooks(settings: string, events: readonly string[], more: object = {}): Promise<() => string[]> {
			const log = join(folder, `${settings.replaceAll('/', '-')}.log`);
			const one = (event: string) => [{ hooks: [{ type: 'command', command: `echo ${event} >>${log}` }] }];
			writeFileSync(join(folder, settings), JSON.stringify({ ...more, hooks: Object.fromEntries(events.map((event) => [event, one(event)])) }));
			return () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
		},
		/** Runs it to its end, without a terminal. */
		async ends(...args: string[]): Promise<{ code: number | null; out: string }> {
			const child = spawn(room, [image, 'env', '-i', ...given, program, ...args], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] });
			const closed = new Promise<number | null>((done) => void child.once('close', done));
			const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
			return { code: await closed, out: out + err };
		},
		/** Begins it in the pane. */
		async begins(...args: string[]): Promise<void> {
			await house.tmux.ensure();
			await house.runs(`cd ${project}; clear; ${room} ${image} env -i ${given.join(' ')} TERM=screen-256color ${program} ${args.join(' ')}`);
		},
		/** What the pane shows, once it shows this. */
		async shows(words: string): Promise<string> {
			let shown = '';
			await world.until(async () => {
				shown = (await pane('capture-pane', '-p', '-J', '-t', 'main')).output;
				return shown.includes(words);
			});
			return shown;
		},
		press: (...keys: string[]) => pane('send-keys', '-t', 'main', ...keys),
		/** Types a prompt, as a person does: first the words, then Enter. */
		async prompts(words: string): Promise<void> {
			await pane('send-keys', '-t', 'main', '-l', words);
			await world.shows(words);
			await world.press('Enter');
		},
		/** Resolves when the senses see just this: kinds, with the names of programs. */
		async sees(...doing: string[]): Promise<void> {
			do await senses.look();
			while (
				senses
					.seen()
					.doing.map(({ kind, name }) => `${kind} ${name}`.trim())
					.join() !== doing.join()
			);
		},
		/** Resolves when this holds. */
		async until(holds: () => boolean | Promise<boolean>): Promise<void> {
			while (!(await holds()) && !over) await new Promise(setImmediate);
		},
		/** Resolves when its model was asked so often. */
		asks: (times: number): Promise<void> => world.until(() => messages.asked.length >= times),
	};
	return world;
};
export type World = Awaited<ReturnType<typeof createWorld>>;
