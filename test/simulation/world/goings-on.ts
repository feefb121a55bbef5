/** What goes on in a container beside what is typed: jobs, a server, Claude Code's turns, holds. What its agent senses is made of it. */
import type { Surroundings } from '@shellpod/task-image/agent/agent.ts';
import type { Process } from '@shellpod/task-image/agent/senses/processes.ts';
import type { Request } from '@shellpod/task-image/agent/senses/requests.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface Thing {
	readonly kind: 'job' | 'server' | 'turn' | 'permission' | 'hold';
	readonly name: string;
	/** ms since 1970 */
	readonly since: number;
	/** a hold's */
	readonly until?: number;
}

export interface GoingsOn {
	readonly surroundings: Surroundings;
	/** what goes on now */
	all(): readonly Thing[];
	/** when the last of what has ended did; undefined: nothing has */
	readonly endedAt: number | undefined;
	/** Gives what ends it. */
	job(argv: readonly string[], listens?: boolean): () => void;
	/** Claude Code is asked something; it may wait to be allowed something, and ends when it is told to. */
	turn(): { wait(): void; goOn(): void; end(): void };
	/** Whoever answers the `shellpod` command. */
	agent(answer: (request: Request) => Promise<unknown>): void;
	hold(reason: string, ms: number): void;
	release(): void;
	/** All that goes on ends, but for holds and servers. */
	quiet(): void;
}

/** pids of what every container has */
const pids = { first: 1, agent: 2, tmux: 3, shell: 4 } as const;

export const createGoingsOn = (kernel: Kernel): GoingsOn => {
	const begunAt = kernel.now();
	const things = new Map<number, Thing & { process: Omit<Process, 'ageMs'>; begunAt: number }>();
	const holds = new Map<string, Thing>();
	let last: number | undefined;
	let pid = 100;
	const hooks: Awaited<ReturnType<Surroundings['spool']['take']>> = [];
	let changed = (): void => undefined;
	let kept: ReturnType<Surroundings['holds']['read']> = [];
	let known: ReturnType<Surroundings['claude']['read']> = { known: [] };
	let asks = async (_: Request): Promise<unknown> => undefined;

	const ends = (id: number): void => {
		if (things.delete(id)) last = kernel.now();
	};
	const process = (own: number, argv: readonly string[], parent: number, listens = false): Omit<Process, 'ageMs'> => ({
		pid: own,
		parent,
		group: own,
		comm: argv[0] ?? '',
		argv,
		stopped: false,
		fed: false,
		listens,
	});
	const base = [
		process(pids.first, ['entrypoint'], 0),
		process(pids.agent, ['node', 'agent.ts'], pids.first),
		process(pids.tmux, ['tmux: server'], pids.first),
		process(pids.shell, ['bash'], pids.tmux),
	];
	const expired = (): void => {
		for (const [name, { until = 0 }] of holds)
			if (until <= kernel.now()) {
				holds.delete(name);
				last = Math.max(last ?? 0, until);
			}
	};

	return {
		surroundings: {
			own: pids.agent,
			// Where nothing goes on there is nothing to tell apart.
			processes: async () =>
				things.size === 0
					? []
					: [
							...base.map((one) => ({ ...one, ageMs: kernel.now() - begunAt })),
							...[...things.values()].map(({ process: one, begunAt: since }) => ({ ...one, ageMs: kernel.now() - since })),
						],
			spool: {
				take: async () => hooks.splice(0),
				watch: async (heard) => {
					changed = heard;
					return () => undefined;
				},
			},
			claude: {
				read: () => known,
				write: (state) => {
					known = state;
				},
				statusOf: async () => undefined,
			},
			holds: {
				read: () => kept,
				write: (all) => {
					kept = all;
				},
			},
		},
		all: () => {
			expired();
			return [...things.values(), ...holds.values()].map(({ kind, name, since, until }) => ({
				kind,
				name,
				since,
				...(until !== undefined && { until }),
			}));
		},
		get endedAt() {
			expired();
			return last;
		},
		job: (argv, listens = false) => {
			const id = pid++;
			things.set(id, {
				kind: listens ? 'server' : 'job',
				name: argv.join(' '),
				since: kernel.now(),
				process: process(id, argv, pids.shell, listens),
				begunAt: kernel.now(),
			});
			return () => ends(id);
		},
		turn: () => {
			const id = pid++;
			const began = kernel.now();
			const claude = process(id, ['claude'], pids.shell);
			const says = (name: string, more: object = {}): void => {
				hooks.push({ event: { session_id: `session-${id}`, hook_event_name: name, ...more }, pids: [id], writtenAt: kernel.now() });
				changed();
			};
			const is = (kind: 'turn' | 'permission'): void => void things.set(id, { kind, name: '', since: kernel.now(), process: claude, begunAt: began });
			is('turn');
			says('UserPromptSubmit');
			return {
				wait: () => {
					is('permission');
					says('Notification', { notification_type: 'permission_prompt' });
				},
				goOn: () => {
					is('turn');
					says('PostToolUse');
				},
				end: () => {
					ends(id);
					says('Stop');
				},
			};
		},
		agent: (answer) => {
			asks = answer;
		},
		hold: (reason, ms) => {
			const since = kernel.now();
			void asks({ do: 'hold', reason, ms }).then((answer) => {
				if ((answer as { is?: string } | undefined)?.is === 'held') holds.set(reason, { kind: 'hold', name: reason, since, until: since + ms });
			});
		},
		release: () => {
			if (holds.size > 0) last = kernel.now();
			holds.clear();
			void asks({ do: 'release' });
		},
		quiet: () => {
			for (const [id, { kind }] of things) if (kind !== 'server') ends(id);
		},
	};
};
