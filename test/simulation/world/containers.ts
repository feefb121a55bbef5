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
import type { AgentTickets } from './agent-tickets.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { createTmux, type Tmux } from './tmux.ts';

export interface Container {
	readonly task: TaskRecord;
	readonly life: Life;
	readonly tmux: Tmux;
	/** of the agent's process that runs now */
	agent: Life | undefined;
	/** epochs of its agents, in their order */
	readonly epochs: string[];
	/** Kills the agent; the entrypoint starts another. */
	killAgent(): void;
}

export interface Containers {
	effect(effect: Effect): void;
	/** those that run now, by task */
	readonly running: ReadonlyMap<string, Container>;
}

export interface ContainersOptions {
	kernel: Kernel;
	faults: Faults;
	ecs: () => SimulatedEcs;
	gateway: () => Gateway;
	tickets: (task: TaskRecord, life: Life) => AgentTickets;
	/** It runs. */
	begins(container: Container): void;
	/** The program in a task's tmux hears what was typed. */
	typed(container: Container, bytes: Uint8Array): void;
	/** A Home was emptied by its task. */
	emptied(task: TaskRecord): void;
	/** An agent died, and with its terminals what it had written and acknowledged, and tmux had not read. */
	lost(container: Container, bytes: Uint8Array): void;
	changed(): void;
}

/** s before the next start of an agent that died young; the entrypoint's */
const delays = [0, 200, 500, 1_000, 2_000, 4_000];

/** What the task is for: its command stands for the session's. */
const empties = ({ overrides }: TaskRecord): boolean => overrides.containerOverrides?.some(({ command }) => command?.[0] === 'empty') ?? false;

export const clockOf = (kernel: Kernel, life: Life): Clock => ({
	now: kernel.now,
	wall: () => Math.floor(kernel.now()),
	after: life.after,
	soon: (run) => life.after(0, run),
});

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
		const agent = createAgent({
			clock: clockOf(kernel, life),
			random: () => random.next(),
			epoch: epoch(name),
			tickets: options.tickets(task, life),
			dial: (url, protocols, events) => options.gateway().dial({ life, url, protocols, events, owner: { task: task.arn } }),
			spawn: tmux.spawn,
			tmux: createTmuxCommands({ run: tmux.run, command: ['tmux'], environment: {}, home: '/home/dev' }),
			log: (line) => kernel.note(`${life.name}: ${line}`),
		});
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
		if (faults.happens('agent-dies')) life.after(faults.spread('agent-dies', 100, 300_000), () => !faults.stopped && killAgent(container));
	};
	const stopAgent = new WeakMap<Container, () => void>();
	const stopping = new WeakSet<Container>();

	const killAgent = (container: Container): void => {
		kernel.note(`agent of ${container.task.id.slice(0, 6)} is killed`);
		container.agent?.end();
	};

	const diesBusy = (container: Container, ms: number): void => {
		if (faults.happens('agent-dies-busy')) container.life.after(ms * 0.9, () => !faults.stopped && killAgent(container));
	};

	const launch = (arn: string, apart = false): void => {
		const task = options.ecs().machine.task(arn);
		const come = (ms: number, run: () => void): void => {
			const cancel = kernel.after(ms, `container ${task.id.slice(0, 6)}`, () => {
				coming.delete(arn);
				run();
			});
			coming.set(arn, cancel);
		};
		come(chance.between(1_000, 15_000), () => {
			const life = createLife(kernel, `container ${task.id.slice(0, 6)}`);
			const tmux = createTmux({ kernel, faults, life, typed: (bytes) => options.typed(container, bytes), stalled: (ms) => diesBusy(container, ms) });
			const container: Container = { task, life, tmux, agent: undefined, epochs: [], killAgent: () => killAgent(container) };
			running.set(arn, container);
			options.begins(container);
			options.ecs().observe((machine, now) => machine.launched(arn, now));
			options.changed();
			if (empties(task)) {
				life.after(chance.between(500, 60_000), () => {
					options.emptied(task);
					exited(container, 0);
				});
			} else if (!apart) life.after(chance.between(200, 2_000), () => startAgent(container));
			if (faults.happens('task-dies')) life.after(faults.spread('task-dies', 500, 600_000), () => !faults.stopped && exited(container, 1));
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
		if (empties(container.task)) {
			exited(container, 143);
			return;
		}
		if (faults.happens('ignores-sigterm')) return;
		stopping.add(container);
		stopAgent.get(container)?.();
		container.life.after(chance.between(1_000, 7_000), () => exited(container, 0));
	};

	return {
		running,
		effect: (effect) => {
			if (effect.kind === 'launch') launch(effect.task, effect.apart);
			else if (effect.kind === 'signal') signal(effect.task, effect.signal);
		},
	};
};
