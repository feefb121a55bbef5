/** What runs in tasks: a container per task, in it the entrypoint's loop, the agent itself, and tmux. */
import { epoch } from '@shellpod/protocol/ids.ts';
import { createAgent } from '@shellpod/task-image/agent/agent.ts';
import type { Clock } from '@shellpod/task-image/agent/clock.ts';
import { exitCodes } from '@shellpod/task-image/agent/exit-codes.ts';
import { createTmux as createTmuxCommands } from '@shellpod/task-image/agent/tmux.ts';
import type { Effect } from '../../../local/ecs/machine/lifecycle.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createLife, type Life } from '../kernel/life.ts';
import type { AgentDoors } from './agent-doors.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Faults } from './faults.ts';
import type { ClientEvents, Gateway } from './gateway.ts';
import { createGoingsOn, type GoingsOn } from './goings-on.ts';
import { startLiar } from './liar.ts';
import { deployment } from './names.ts';
import { createStandstill } from './standstill.ts';
import { createTmux, type Tmux } from './tmux.ts';

export interface Container {
	readonly task: TaskRecord;
	readonly life: Life;
	readonly tmux: Tmux;
	/** it empties its Home, and runs nothing else */
	readonly empties: boolean;
	/** of the agent's process that runs now */
	agent: Life | undefined;
	/** epochs of its agents, in their order */
	readonly epochs: string[];
	/** what goes on in it beside what is typed */
	readonly goings: GoingsOn;
	/** Kills the agent; the entrypoint starts another. */
	killAgent(): void;
}

export interface Containers {
	effect(effect: Effect): void;
	/** The machine under it is gone: no SIGTERM, no exit code. */
	lose(task: TaskRecord): void;
	/** those that run now, by task */
	readonly running: ReadonlyMap<string, Container>;
}

export interface ContainersOptions {
	kernel: Kernel;
	faults: Faults;
	ecs: () => SimulatedEcs;
	gateway: () => Gateway;
	doors: (task: TaskRecord, life: Life) => AgentDoors;
	/** It runs. */
	begins(container: Container): void;
	/** The program in a task's tmux hears what was typed. */
	typed(container: Container, bytes: Uint8Array): void;
	/** It is about to end as it was told to. */
	stops(container: Container): void;
	/** A Home was emptied by its task. */
	emptied(container: Container): void;
	/** An agent or tmux died, and with its terminals what was written and acknowledged, and tmux had not read. */
	lost(container: Container, bytes: Uint8Array): void;
	changed(): void;
}

/** s before the next start of an agent that died young; the entrypoint's */
const delays = [0, 200, 500, 1_000, 2_000, 4_000];

/** What the task is for: its command stands for the session's. */
const empties = ({ overrides }: TaskRecord): boolean => overrides.containerOverrides?.some(({ command }) => command?.[0] === 'empty') ?? false;

const fiveMinutes = 300_000;

export const createContainers = (options: ContainersOptions): Containers => {
	const { kernel, faults } = options;
	const chance = kernel.random('containers');
	const running = new Map<string, Container>();
	/** by task: what ends it before it runs */
	const coming = new Map<string, () => void>();
	let agents = 0;

	const exited = (container: Container, code: number | undefined): void => {
		if (!container.life.alive) return;
		container.agent?.end();
		container.life.end();
		running.delete(container.task.arn);
		options.changed();
		options.ecs().observe((machine, now) => machine.exited(container.task.arn, code === undefined ? {} : { code }, now));
	};

	/** The entrypoint: an agent after the other, until one says that the task isn't wanted any more. */
	const startAgent = (container: Container, young = 0): void => {
		const { task, life: house, tmux } = container;
		const life = createLife(kernel, `agent ${task.id.slice(0, 6)}.${agents++}`);
		const begunAt = kernel.now();
		const name = `epoch${agents.toString(36).padStart(6, '0')}`;
		container.agent = life;
		container.epochs.push(name);
		const random = kernel.random('agents');
		const process = createStandstill();
		const after = (ms: number, run: () => void) => life.after(ms, () => process.run(run));
		const off = faults.happens('clock-off') ? faults.between('clock-off', -fiveMinutes, fiveMinutes) : 0;
		const heard = ({ open, text, close }: ClientEvents): ClientEvents => ({
			open: () => process.run(open),
			text: (words) => process.run(() => text(words)),
			close: (code, reason) => process.run(() => close(code, reason)),
		});
		const agent = createAgent({
			clock: { now: kernel.now, wall: () => Math.floor(kernel.now() + off), after, soon: (run) => after(0, run) } satisfies Clock,
			random: () => random.next(),
			epoch: epoch(name),
			tickets: options.doors(task, life).ticket,
			dial: (url, protocols, events) => options.gateway().dial({ life, url, protocols, events: heard(events), owner: { task: task.arn } }),
			spawn: tmux.spawn,
			tmux: createTmuxCommands({ run: tmux.run, command: ['tmux'], environment: {}, home: '/home/dev' }),
			surroundings: container.goings.surroundings,
			log: (line) => kernel.note(`${life.name}: ${line}`),
		});
		container.goings.agent(agent.answer);
		const again = (): void => {
			options.lost(container, tmux.hangUp());
			const next = kernel.now() - begunAt < 10_000 ? young : 0;
			const pause = delays[Math.min(next, delays.length - 1)] ?? 0;
			house.after(pause + 50, () => startAgent(container, next + 1));
		};
		stopAgent.set(container, agent.stop);
		life.whenEnded(() => house.alive && again());
		void life.living(agent.run()).then((code) => {
			if (code === exitCodes.unwanted) options.lost(container, tmux.hangUp());
			else if (house.alive && !stopping.has(container)) life.end();
		});
		const later = (name: 'agent-dies' | 'agent-hangs' | 'agent-away', ms: number, run: () => void): void =>
			void life.after(ms, () => {
				if (faults.stopped) return;
				faults.fires(name);
				run();
			});
		if (faults.happens('agent-dies')) later('agent-dies', faults.spread('agent-dies', 100, 300_000), () => killAgent(container));
		const standsStill = (name: 'agent-hangs' | 'agent-away', within: number, [least, most]: readonly [number, number]): void => {
			if (!faults.happens(name)) return;
			later(name, faults.spread(name, 100, within), () => {
				process.begin();
				life.after(faults.spread(name, least, most), process.end);
				faults.whenStopped(() => life.alive && process.end());
			});
		};
		standsStill('agent-hangs', fiveMinutes, [5_000, fiveMinutes]);
		standsStill('agent-away', 8 * fiveMinutes, [36 * fiveMinutes, 72 * fiveMinutes]);
	};
	const stopAgent = new WeakMap<Container, () => void>();
	const stopping = new WeakSet<Container>();

	const killAgent = (container: Container): void => {
		kernel.note(`agent of ${container.task.id.slice(0, 6)} is killed`);
		container.agent?.end();
	};

	const diesBusy = (container: Container, ms: number): void => {
		if (!faults.happens('agent-dies-busy')) return;
		container.life.after(ms * 0.9, () => {
			if (faults.stopped) return;
			faults.fires('agent-dies-busy');
			killAgent(container);
		});
	};

	const launch = (arn: string, apart = false): void => {
		const task = options.ecs().machine.task(arn);
		const isOurs = task.startedBy?.startsWith(`${deployment}/`) ?? false;
		const come = (ms: number, run: () => void): void => {
			const cancel = kernel.after(ms, `container ${task.id.slice(0, 6)}`, () => {
				coming.delete(arn);
				run();
			});
			coming.set(arn, cancel);
		};
		const slow = faults.happens('home-slow') ? faults.between('home-slow', 15_000, 200_000) : 0;
		come(slow + chance.between(1_000, 15_000), () => {
			const life = createLife(kernel, `container ${task.id.slice(0, 6)}`);
			const tmux = createTmux({ kernel, faults, life, typed: (bytes) => options.typed(container, bytes), stalled: (ms) => diesBusy(container, ms) });
			const container: Container = {
				task,
				life,
				tmux,
				empties: empties(task),
				agent: undefined,
				epochs: [],
				goings: createGoingsOn(kernel),
				killAgent: () => killAgent(container),
			};
			if (isOurs) {
				running.set(arn, container);
				options.begins(container);
			}
			options.ecs().observe((machine, now) => machine.launched(arn, now));
			options.changed();
			if (!isOurs) return;
			if (faults.happens('home-full')) {
				void options.doors(task, life).report('boot', "the home can't be written by its user");
				life.after(chance.between(200, 2_000), () => exited(container, 1));
			} else if (container.empties) {
				life.after(chance.between(500, 60_000), () => {
					options.emptied(container);
					exited(container, 0);
				});
			} else if (!apart) {
				life.after(chance.between(200, 2_000), () => startAgent(container));
				if (faults.happens('agent-lies')) startLiar({ kernel, faults, life, task, doors: options.doors(task, life), gateway: options.gateway() });
			}
			const later = (name: 'task-dies' | 'dies-young' | 'tmux-dies', ms: number, run: () => void): void =>
				void life.after(ms, () => {
					if (faults.stopped) return;
					faults.fires(name);
					run();
				});
			const ends = (): void => exited(container, 1);
			if (faults.happens('task-dies')) later('task-dies', faults.spread('task-dies', 500, 600_000), ends);
			if (faults.happens('dies-young')) later('dies-young', faults.between('dies-young', 4_000, 20_000), ends);
			if (faults.happens('tmux-dies')) later('tmux-dies', faults.spread('tmux-dies', 1_000, 100_000), () => options.lost(container, tmux.kill()));
		});
	};

	const signal = (arn: string, name: 'SIGTERM' | 'SIGKILL'): void => {
		const container = running.get(arn);
		if (!container) {
			coming.get(arn)?.();
			coming.delete(arn);
			options.ecs().observe((machine, now) => machine.failed(arn, 'CannotStartContainerError: it was killed', now));
			return;
		}
		if (name === 'SIGKILL') {
			exited(container, 137);
			return;
		}
		if (container.empties) {
			exited(container, 143);
			return;
		}
		if (faults.happens('ignores-sigterm')) return;
		options.stops(container);
		stopping.add(container);
		stopAgent.get(container)?.();
		container.life.after(chance.between(1_000, 7_000), () => exited(container, 0));
	};

	return {
		running,
		lose: ({ arn }) => {
			coming.get(arn)?.();
			coming.delete(arn);
			const container = running.get(arn);
			if (container) exited(container, undefined);
		},
		effect: (effect) => {
			if (effect.kind === 'launch') launch(effect.task, effect.apart);
			else if (effect.kind === 'signal') signal(effect.task, effect.signal);
		},
	};
};
