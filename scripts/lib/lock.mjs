// A lock between processes: a file that names who holds it.
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** ms after which a lock that names nobody is nobody's: who made it was killed before it could write its name */
const unnamedFor = 1_000;

/** With it a process's number is its own for ever, numbers are given again; empty where there is no /proc. */
const startOf = (pid) => {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	} catch {
		return '';
	}
};

const alive = (pid) => {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === 'EPERM';
	}
};

const textOf = (file) => {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
};

const isAbandoned = (file) => {
	const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
	const [pid, start = ''] = textOf(file).split(' ');
	if (made === undefined) return false;
	return pid ? !alive(Number(pid)) || startOf(pid) !== start : Date.now() - made > unnamedFor;
};

/** Does the work while nobody else does: others wait. A lock whose process is gone counts for nothing. */
export const locked = async (file, work) => {
	for (;;) {
		try {
			writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' });
			break;
		} catch (error) {
			if (error.code !== 'EEXIST') throw error;
			if (isAbandoned(file)) rmSync(file, { force: true });
			else await pause(100);
		}
	}
	try {
		return await work();
	} finally {
		rmSync(file, { force: true });
	}
};
