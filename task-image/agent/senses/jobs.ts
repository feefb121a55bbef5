/** What of a container's processes is somebody's work: rule A3 of SPEC.md beside this file. */
import type { Process } from './processes.ts';
import { isClaude, isLanguageServer, isShell, isWaiting, nameOf, programOf, runsTests } from './programs.ts';

export interface Job {
	kind: 'job' | 'server';
	name: string;
	ageMs: number;
}

export interface Work {
	jobs: Job[];
	/** Claude Code, which says itself what it does */
	claudes: { pid: number; ageMs: number }[];
}

/** A job is called after the process that its shell began. */
const leads = ({ pid, group }: Process): boolean => pid === group;

/**
 * `own`: pid of the agent. In a container nothing runs but process 1, the agent with what it starts, tmux, and what was begun from a pane;
 * so whatever is none of the first three is the user's, reparented or not.
 */
export const workOf = (processes: readonly Process[], own: number): Work => {
	const byPid = new Map(processes.map((process) => [process.pid, process]));
	const children = Map.groupBy(processes, ({ parent }) => parent);
	const left = new Set(processes);
	const dropTree = (process: Process): void => {
		left.delete(process);
		for (const child of children.get(process.pid) ?? []) if (child !== process) dropTree(child);
	};
	const isTmux = ({ comm }: Process): boolean => comm.startsWith('tmux');

	left.delete(byPid.get(1) as Process);
	left.delete(byPid.get(own) as Process);
	for (const process of processes) if (isTmux(process)) left.delete(process);
	// Its tmux clients and what it asks tmux; the server, where it is still the agent's child, is not of them.
	for (const child of children.get(own) ?? []) if (!isTmux(child)) dropTree(child);

	const claudes: Work['claudes'] = [];
	/** what counts as one: a shell's job, or what Claude runs in a shell */
	const groups = new Map<number, Process[]>();
	const gather = (key: number, process: Process): void => {
		const members = groups.get(key);
		if (members) members.push(process);
		else groups.set(key, [process]);
	};
	for (const process of [...left]) {
		if (!left.has(process) || !isClaude(programOf(process.argv, process.comm), process.argv)) continue;
		claudes.push({ pid: process.pid, ageMs: process.ageMs });
		left.delete(process);
		for (const child of children.get(process.pid) ?? []) {
			// Its tools and servers of its own speak to it and say nothing; what it runs for somebody, it runs in a shell.
			if (!isShell(programOf(child.argv, child.comm))) dropTree(child);
		}
	}
	for (const process of left) gather(process.group, process);

	const works = ({ stopped, argv, comm, fed }: Process): boolean => {
		const program = programOf(argv, comm);
		return !stopped && argv.length > 0 && !isWaiting(program, argv, fed) && !isLanguageServer(program, argv);
	};
	const jobs: Job[] = [];
	for (const members of groups.values()) {
		const working = members.filter(works);
		const [first] = working.toSorted((a, b) => Number(leads(b)) - Number(leads(a)) || b.ageMs - a.ageMs || a.pid - b.pid);
		if (!first) continue;
		const name = nameOf(programOf(first.argv, first.comm), first.argv);
		const serves = working.some(({ listens }) => listens) && !working.some(({ argv, comm }) => runsTests(programOf(argv, comm), argv));
		jobs.push({ kind: serves ? 'server' : 'job', name, ageMs: first.ageMs });
	}
	return { jobs: jobs.toSorted((a, b) => b.ageMs - a.ageMs), claudes };
};
