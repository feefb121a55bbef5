/** Which process a number means: a pid alone is reused, a pid with its start time is one process for ever. */
import { existsSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
	pid: number;
	/** clock ticks since boot, field 22 of /proc/<pid>/stat */
	startTime: string;
}

interface Stat extends ProcessIdentity {
	state: string;
}

const readStat = (pid: number): Stat | undefined => {
	let text: string;
	try {
		text = readFileSync(`/proc/${pid}/stat`, 'latin1');
	} catch {
		return undefined;
	}
	// the second field, the name in brackets, may hold spaces and brackets
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	const [state, startTime] = [fields[0], fields[19]];
	return state && startTime ? { pid, startTime, state } : undefined;
};

/** A zombie has ended: it only waits for a parent that may never ask. */
export const isAlive = (one: ProcessIdentity): boolean => {
	const stat = readStat(one.pid);
	return stat !== undefined && stat.startTime === one.startTime && stat.state !== 'Z' && stat.state !== 'X';
};

/** Reads `<pid> <start time>`; undefined when the file isn't there. */
export const readIdentity = (file: string): ProcessIdentity | undefined => {
	if (!existsSync(file)) return undefined;
	const [pid, startTime] = readFileSync(file, 'utf8').trim().split(' ');
	return pid && startTime ? { pid: Number(pid), startTime } : undefined;
};

export const childrenOf = (pid: number): number[] => {
	try {
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
	} catch {
		return [];
	}
};

/** To one process, or to its whole group; false when it has ended. */
export const sendSignal = (one: ProcessIdentity, signal: NodeJS.Signals, group = false): boolean => {
	if (!isAlive(one)) return false;
	try {
		return process.kill(group ? -one.pid : one.pid, signal);
	} catch {
		return false;
	}
};

/** The process that has this number now. */
export const identify = (pid: number): ProcessIdentity | undefined => {
	const stat = readStat(pid);
	return stat && { pid, startTime: stat.startTime };
};

/** of a clock tick: Linux tells all programs 100 a second */
const tickMs = 10;

/** ms since 1970, to the second; undefined when nothing has this number. */
export const startedAt = (pid: number): number | undefined => {
	const stat = readStat(pid);
	const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1];
	return stat && Number(boot) * 1000 + Number(stat.startTime) * tickMs;
};
