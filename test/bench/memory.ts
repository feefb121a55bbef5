/** Memory of a tree of processes, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
	pid: number;
	/** as typed, arguments apart by spaces */
	command: string;
	/** KB: what it has to itself, and its share of what it has with others */
	pss: number;
	/** KB: everything, what is shared counted whole */
	rss: number;
}

const field = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);

/** Undefined: it has ended, or never had memory of its own. */
const read = (pid: number): (ProcessMemory & { parent: number }) | undefined => {
	try {
		const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
		return { pid, parent: field(status, 'PPid'), command, pss: field(rollup, 'Pss'), rss: field(rollup, 'Rss') };
	} catch {
		return undefined;
	}
};

/** A process and all that it started, and what those did. Needs root. */
export const memoryOf = (pid: number): ProcessMemory[] => {
	const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (read(Number(name)) ?? []) : []));
	const tree = new Set([pid]);
	for (let before = 0; before < tree.size; ) {
		before = tree.size;
		for (const { pid: own, parent } of all) if (tree.has(parent)) tree.add(own);
	}
	return all.filter((one) => tree.has(one.pid)).map(({ parent: _, ...rest }) => rest);
};

/** The process that started it. */
export const parentOf = (pid: number): number => field(readFileSync(`/proc/${pid}/status`, 'utf8'), 'PPid');
