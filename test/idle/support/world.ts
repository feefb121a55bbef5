/**
 * One session on a clock that the test moves: the shipped agent over a real tmux and real programs, before the shipped control plane with its
 * stores in memory, asked over its HTTP routes. Times are minutes since its agent came.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAdmissions } from '@shellpod/functions/core/admission.ts';
import { createOrphans } from '@shellpod/functions/core/orphans.ts';
import { createSweep } from '@shellpod/functions/core/sweep.ts';
import { decodeArrival, encodeToRelay } from '@shellpod/protocol/frame.ts';
import { encodeHello } from '@shellpod/protocol/hello.ts';
import { Session, Ticket } from '@shellpod/protocol/http.ts';
import { epoch, type SenderId, sessionId, userId } from '@shellpod/protocol/ids.ts';
import { sentenceOf } from '@shellpod/protocol/sentences.ts';
import { versions } from '@shellpod/protocol/version.ts';
import { createAgent } from '@shellpod/task-image/agent/agent.ts';
import { spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { createClaudeFile } from '@shellpod/task-image/agent/senses/claude-file.ts';
import { readClaudeStatus } from '@shellpod/task-image/agent/senses/claude-status.ts';
import { createHoldFile } from '@shellpod/task-image/agent/senses/hold-file.ts';
import { listen } from '@shellpod/task-image/agent/senses/requests.ts';
import { createSpool } from '@shellpod/task-image/agent/senses/spool.ts';
import type { Dial } from '@shellpod/task-image/agent/socket.ts';
import { onTestFinished } from 'vitest';
import { createHttpApi } from '../../support/http-api.ts';
import { createInMemoryLeases } from '../../support/in-memory-table.ts';
import { user } from '../../support/session-records.ts';
import { createViewer } from '../../task-image/support/viewer.ts';
import { createClaude } from './claude.ts';
import { createGateway, type Line } from './gateway.ts';
import { createHouse } from './house.ts';
import { createTime } from './time.ts';

const minute = 60_000;

/** `clockOff`: ms that the task's own wall clock is wrong by */
export const createWorld = async ({ clockOff = 0 }: { clockOff?: number } = {}) => {
	const api = createHttpApi();
	const { clock: planeClock, sessions, slots, tasks, tickets, cuts, drive, revocations, log } = api;
	const wall = (): number => planeClock.now().getTime();
	const time = createTime(wall, (ms) => planeClock.pass(ms / 1_000), clockOff);
	const { clock } = time;
	const house = createHouse(time.now);
	// Registered first, run last, and after a row that hung too.
	onTestFinished(() => house.demolish());
	const now = planeClock.now;

	const connects = createGateway(api, time);

	await api.addSlots(1);
	const created = await api.ask({ method: 'POST', path: '/api/sessions', body: { name: 'night' } });
	const id = sessionId(Session.parse(created.json()).id);
	const recordOf = async () => {
		const record = await sessions.get(userId(user), id);
		if (!record) throw new Error('the session is gone');
		return record;
	};
	for (const [arn, one] of tasks.tasks) tasks.tasks.set(arn, { ...one, lastStatus: 'RUNNING', containers: [{ lastStatus: 'RUNNING' }] });
	await api.drive(user, id);

	const leases = createInMemoryLeases();
	const orphans = createOrphans({ deployment: 'shellpod', tasks, slots, sessions, drive, leases, now, log });
	const wait = (ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done));
	let sweeps = 0;
	/** A run of what comes every minute; it is at it until shortly before the next. */
	const sweep = () => createSweep({ sessions, leases, drive, revocations, orphans, log, now, wait, holder: `sweep-${++sweeps}`, budget: 45_000 })();
	const sweepOn = (): void =>
		void clock.after(minute, () => {
			void sweep();
			sweepOn();
		});
	sweepOn();

	const admit = createAdmissions({
		deployment: 'shellpod',
		endpoint: 'https://one.example',
		slots,
		sessions,
		tasks,
		tickets,
		cuts,
		agentMs: 90_000,
		noteVisit: async () => undefined,
		now,
	});
	const spool = createSpool(join(house.folder, 'hooks'));
	let answer: () => void = () => undefined;
	let agents = 0;
	const startAgent = async () => {
		const { slot, task } = await recordOf();
		/** by which it signs: its task's role, in its task's name */
		const arn = `arn:aws:sts::000000000000:assumed-role/${slot.roleName}/${task?.arn?.split('/').at(-1)}`;
		let line: Line | undefined;
		let dead = false;
		const dial: Dial = (_, protocols, events) => {
			const coming = connects('agent', { protocols }, { ...events, text: (text) => dead || events.text(text) });
			const end = (code: number): void => {
				line?.end();
				if (!dead) events.close(code, '');
			};
			void coming.then((own) => {
				line = own;
				if (own) events.open();
				else end(1006);
			});
			return { send: (text) => dead || line?.send(text), waiting: 0, close: end, destroy: () => end(1006) };
		};
		const agent = createAgent({
			clock: { ...clock, after: (ms, run) => clock.after(ms, () => dead || run()) },
			random: () => 0.5,
			epoch: epoch(`epoch${++agents}`.padEnd(8, '0')),
			tickets: async () => {
				const ticket = await admit(arn);
				return ticket ? { kind: 'ticket', ticket } : { kind: 'unwanted', reason: 'not this task' };
			},
			dial,
			spawn: spawnPty,
			tmux: house.tmux,
			surroundings: {
				own: process.pid,
				processes: () => time.during(house.processes()),
				spool: {
					take: () => time.during(spool.take()),
					watch: spool.watch,
				},
				claude: {
					...createClaudeFile(join(house.folder, 'claude.json'), clock),
					statusOf: (pid, transcript) => time.during(readClaudeStatus(pid, house.folder, transcript)),
				},
				holds: createHoldFile(join(house.folder, 'holds.json'), clock),
			},
			log: () => undefined,
		});
		let over: Promise<void> | undefined;
		const server = await listen(join(house.folder, 'agent.sock'), async (request) => {
			const said = await time.during(agent.answer(request));
			answer();
			return said;
		});
		const ended = agent.run();
		return {
			/** The task is told to end, and does. */
			stop: (): Promise<void> =>
				(over ??= (async () => {
					agent.stop();
					server.close();
					await time.pass(2_000);
					if (!dead) await ended;
				})()),
			/** Nothing is heard of it any more, and nobody knows why. */
			silence(): void {
				dead = true;
				line?.vanish();
				server.close();
			},
		};
	};
	await time.calm();
	let agent = await startAgent();
	await time.pass(1_000);
	const begun = wall();

	const iso = (text: string): string => text.slice(11, 16);
	const world = {
		api,
		house,
		claude: createClaude(house),
		recordOf,
		restartAgent: async (): Promise<void> => {
			agent.silence();
			await time.pass(3_000);
			agent = await startAgent();
			await time.pass(2_000);
		},
		silenceAgent: (): void => agent.silence(),
		/** minutes since its agent came */
		minutes: (): number => (wall() - begun) / minute,
		pass: (minutes: number): Promise<void> => time.pass(minutes * minute),
		/** Passes the time until the agent has answered the last question that nothing goes on: with the next look it is stopped. */
		async untilAnswered(): Promise<void> {
			while (!(await recordOf()).idle?.asking?.answered) await time.pass(1_000);
		},
		/** Passes the time until it is stopped; the minute of that, undefined when it runs after so long. */
		async untilStopped(minutes: number): Promise<number | undefined> {
			const end = wall() + minutes * minute;
			while (wall() < end && (await recordOf()).desired.state === 'running') await time.pass(minute);
			if ((await recordOf()).desired.state === 'running') return undefined;
			const { at } = (await recordOf()).desired;
			await agent.stop();
			tasks.settle();
			await api.drive(user, id);
			return Math.round((Date.parse(at) - begun) / minute);
		},
		/** What the dashboard says now. */
		async says(): Promise<string> {
			const session = Session.parse((await api.ask({ path: `/api/sessions/${id}` })).json());
			return sentenceOf(session, { now: wall(), time: iso }) ?? session.reason ?? session.state;
		},
		ask: (method: string, what: string, body?: object) => api.ask({ method, path: `/api/sessions/${id}/${what}`, ...(body && { body }) }),
		/** The agent looks, and what it sees has arrived. */
		async look(): Promise<void> {
			await time.pass(31_000);
		},
		/** Claude Code runs the hooks of an event. */
		async hooks(event: string, more: object = {}): Promise<void> {
			await world.claude.fires(event, more);
			while ((await readdir(join(house.folder, 'hooks'))).length > 0) await time.pass(100);
			await time.pass(1_000);
		},
		/** Resolves when the agent has answered what the command asked next. */
		answered: (): Promise<void> =>
			new Promise((done) => {
				answer = done;
			}),
		/** The `shellpod` command, as a process. */
		async command(...args: string[]): Promise<ChildProcess> {
			const main = join(import.meta.dirname, '../../../task-image/command/main.ts');
			const child = spawn(process.execPath, [main, ...args], { env: house.environment, stdio: 'ignore' });
			onTestFinished(() => void child.kill('SIGKILL'));
			return child;
		},
		/** A page that somebody opens, or that comes back by itself. Undefined when it isn't let in. */
		async page(name: string, { opened }: { opened: boolean }) {
			const answer = await api.ask({ method: 'POST', path: `/api/sessions/${id}/tickets`, body: opened ? { opened } : {} });
			if (answer.status !== 201) return undefined;
			let tag: string | undefined;
			let take: (payload: string) => void = () => undefined;
			const meet = (peer: { tag: string } | undefined): void => {
				tag = peer?.tag ?? tag;
			};
			const line = await connects('page', Ticket.parse(answer.json()), {
				open: () => undefined,
				close: () => undefined,
				text: (text) => {
					const arrival = decodeArrival(text);
					if (arrival.kind === 'frame') take(arrival.payload);
					else if (arrival.kind === 'control' && arrival.message.type === 'welcome') meet(arrival.message.peers[0]);
					else if (arrival.kind === 'control' && arrival.message.type === 'peer') meet(arrival.message.peer);
				},
			});
			if (!line) return undefined;
			let there = true;
			const greet = (): void => {
				if (!there) return;
				line.send(encodeHello(versions));
				clock.after(minute, greet);
			};
			greet();
			await time.pass(1_000);
			const network = {
				toAgent: (_: SenderId, payload: string) => there && tag !== undefined && line.send(encodeToRelay(tag, payload)),
				connectViewer: (_: SenderId, receive: typeof take) => {
					take = receive;
				},
			};
			const viewer = createViewer(network as never, clock, { sender: line.who.sender, terminal: `terminal${name}` });
			viewer.open();
			/** Programs answer in their own time, which is next to none of the clock's. */
			const shows = async (text: string): Promise<void> => {
				while (!viewer.text().includes(text)) await time.pass(1);
			};
			await shows('$');
			return {
				viewer,
				shows,
				/** The laptop is closed, the browser killed: no goodbye. */
				kill(): void {
					there = false;
					viewer.dispose();
					line.vanish();
				},
			};
		},
	};
	onTestFinished(() => world.claude.close());
	onTestFinished(() => agent.stop());
	return world;
};
export type World = Awaited<ReturnType<typeof createWorld>>;
