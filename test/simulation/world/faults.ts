/**
 * What may go wrong in a simulated world, and how often it did: the faults of the stand-ins' machines, and those of what only a simulation has.
 * Each draws from a stream of its own, so that one more changes no other.
 */
import type { Faults as MachineFaults } from '../../../local/faults/faults.ts';
import { type CountName, chances, counts, type DurationName, durations } from '../../../local/faults/names.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** by name: what happens, and when the seed is asked whether it does */
export const faultNames = {
	'table-fails': 'a request to the table fails and nothing was written; asked per attempt',
	'table-down': 'no request to the table is answered for 0.2 to 5 s, nor was anything written; asked per attempt',
	'table-answer-lost': 'a write is made and its answer lost; per attempt',
	'table-slow': 'a request to the table takes 0.2 to 2 s',
	'index-late': 'the index learns of a write up to 5 s late',
	'cold-slow': 'an environment takes 2 to 8 s to start',
	'call-crash': 'an environment dies before a call to the outside',
	'call-crash-after': 'an environment dies after a call to the outside',
	'task-dies': 'a container exits by itself some time after its start',
	'dies-young': 'a container exits by itself 4 to 20 s after its start, as one that does so again and again',
	'agent-dies': 'an agent is killed some time after its start',
	'dies-provisioning': 'the machine under a task is lost in this state; asked when the task enters it, as for the five that follow',
	'dies-pending': 'the same while its image comes, its Home is mounted or its container is about to start',
	'dies-activating': 'the same',
	'dies-running': 'the same, within 20 s',
	'dies-deactivating': 'the same',
	'dies-stopping': 'the same, between SIGTERM and the end',
	'agent-hangs': 'an agent stands still for 5 s to 5 min some time after its start, its connection open',
	'agent-away': 'an agent stands still for 3 to 6 h some time in the first 40 min of its life, its connection open',
	'agent-lies':
		"a tenant's own program uses the task's role beside the agent: takes tickets, keeps them, comes with them or with old ones, says hello, reports failures",
	'agent-dies-busy': 'an agent is killed while tmux does nothing, with input that waits; asked per stall',
	'tmux-dies': "tmux's server is killed some time after its container's start, and with it what runs in its terminals",
	'ignores-sigterm': 'a container ends by SIGKILL only',
	'home-slow': 'a Home is slow: its container takes 15 to 200 s to start',
	'home-full': "a Home can't be written: its container ends with 1 when it has said so",
	'tmux-stalls': 'tmux does nothing for 0.1 to 5 s',
	'http-lost': 'a request over HTTP or its answer is lost',
	'http-dup': 'a request over HTTP arrives twice, up to 30 s apart',
	'ttl-late': 'an item is there when it is read after its end, as an ended ticket is for an hour; what TTL deletes, it deletes up to an hour late',
	'event-overtaken': 'an event of a task comes after one that tells of a later state of it: their ways differ, so that nothing asks for it',
	'old-code': 'a function of the deploy before runs beside those of the present one; its base definition and its subnets are others',
	'other-parameters':
		'there is a deploy while RunTask was not answered: it is asked again with the same client token by who would ask for something else',
	'same-instant': 'two devices or more ask for something of one session in the same instant',
	orphans: 'tasks run that no record knows: up to three in one instant, or so many that none of them may be stopped',
	'user-deleted': 'the operator deletes a user in the middle of it all',
	'clock-off': "an end's wall clock is up to 5 min ahead or behind; asked per agent and page",
	'line-cut': 'the network between an end and the gateway breaks some time after a connection opened',
	'line-slow': 'a connection carries 4 to 40 KB/s down to its end; asked when it is made',
	'old-version': 'a page and its agents have but version 1 of the stream in common, as after a deploy; asked when it is opened',
	'line-stalls': 'what an end sends stays under way for 0.5 to 20 s, whatever has become of the end; asked per message',
	'line-silent': 'of a broken line one end hears nothing; asked per end',
	'post-unanswered': "a post's answer does not come in time, whether it arrived or not; per attempt",
	...chances,
	...durations,
	...counts,
} as const;
export type FaultName = keyof typeof faultNames;

/** by name, from 0 to 1 */
export type FaultRates = Readonly<Partial<Record<FaultName, number>>>;

export interface Faults extends MachineFaults {
	/** Whether it happens this time; of what is drawn ahead, whether it is in store. */
	happens(name: FaultName): boolean;
	/** Whether it was asked for at all. */
	has(name: FaultName): boolean;
	/** What was drawn ahead, or what nothing asks for, happens now. */
	fires(name: FaultName): void;
	/** Calls it when faults stop; at once when they have. */
	whenStopped(run: () => void): void;
	/** Calls it when nothing goes wrong any more; at once as well where nothing was asked for. A crash that is planned is the end of one calm and the beginning of the next. */
	whenCalm(run: () => void): void;
	/** Evenly in a range that belongs to the fault. */
	between(name: FaultName, low: number, high: number): number;
	/** As often from 1 to 10 as from 10 to 100. */
	spread(name: FaultName, low: number, high: number): number;
	/** From now on all goes well. */
	stop(): void;
	readonly stopped: boolean;
	/** how often each happened */
	readonly fired: Readonly<Partial<Record<FaultName, number>>>;
}

/** ms, of faults that the machines ask the size of */
const sizes: Readonly<Partial<Record<DurationName, readonly [number, number]>>> = {
	delay: [5, 1_500],
	cut: [100, 600_000],
	'ecs-start': [1_000, 90_000],
	retired: [500, 200_000],
	'host-lost': [500, 200_000],
	'out-of-memory': [500, 200_000],
};

/** Drawn some time before they happen, and in vain when a task, a connection or all faults end before: who sees them happen says so. */
const drawnAhead: ReadonlySet<FaultName> = new Set([
	'ecs-start',
	'network-fails',
	'image-fails',
	'home-fails',
	'never-comes-up',
	'never-connects',
	'retired',
	'host-lost',
	'out-of-memory',
	'list-stale',
	'dies-provisioning',
	'dies-pending',
	'dies-activating',
	'dies-running',
	'dies-deactivating',
	'dies-stopping',
	'task-dies',
	'dies-young',
	'agent-dies',
	'agent-dies-busy',
	'agent-hangs',
	'agent-away',
	'agent-lies',
	'tmux-dies',
	'line-cut',
	'cut',
	'ttl-late',
	'other-parameters',
]);

/** how many, of faults that are asked for once */
const numbers: Readonly<Record<CountName, number>> = { 'lambda-concurrency': 10 };

export const createFaults = (kernel: Kernel, rates: FaultRates): Faults => {
	const fired: Partial<Record<FaultName, number>> = {};
	const afterwards: (() => void)[] = [];
	let stopped = false;
	const fires = (name: FaultName): void => {
		fired[name] = (fired[name] ?? 0) + 1;
		kernel.note(`FAULT ${name}`);
	};
	const of = (name: FaultName, what: string) => kernel.random(`fault/${name}/${what}`);
	const happens = (name: FaultName): boolean => {
		const rate = rates[name] ?? 0;
		if (stopped || rate === 0 || of(name, 'happens').next() >= rate) return false;
		if (!drawnAhead.has(name)) fires(name);
		return true;
	};
	const whenStopped = (run: () => void): void => void (stopped ? run() : afterwards.push(run));
	const spread = (name: FaultName, low: number, high: number): number => Math.exp(of(name, 'size').between(Math.log(low), Math.log(high)));
	return {
		has: (name) => rates[name] !== undefined,
		happens,
		fires,
		whenStopped,
		whenCalm: (run) => {
			if (Object.keys(rates).length === 0) run();
			whenStopped(run);
		},
		between: (name, low, high) => of(name, 'size').between(low, high),
		spread,
		ms: (name) => {
			const size = sizes[name];
			return size && happens(name) ? spread(name, ...size) : undefined;
		},
		count: (name) => (happens(name) ? numbers[name] : undefined),
		choose: (id, ways) => ways[Math.floor(kernel.random(`choice/${id}`).next() * ways.length)] ?? ways[0],
		stop: () => {
			stopped = true;
			kernel.note('faults stop');
			for (const run of afterwards.splice(0)) run();
		},
		get stopped() {
			return stopped;
		},
		fired,
	};
};

/**
 * Some of the faults, some more and some less often, another choice for each seed: what only shows when much of one kind comes together
 * would never show if everything always happened.
 */
export const someOf = (kernel: Kernel, usual: FaultRates): FaultRates => {
	const chance = kernel.random('swarm');
	return Object.fromEntries(
		Object.entries(usual).flatMap(([name, rate]) => {
			const factor = [0, 0, 0.3, 1, 1, 3][Math.floor(chance.next() * 6)] ?? 0;
			return factor === 0 ? [] : [[name, Math.min(0.9, rate * factor)]];
		}),
	);
};
