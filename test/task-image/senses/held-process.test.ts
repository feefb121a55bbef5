/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { createHolds } from '@shellpod/task-image/agent/senses/holds.ts';
import type { Process } from '@shellpod/task-image/agent/senses/processes.ts';
import { createSenses } from '@shellpod/task-image/agent/senses/senses.ts';
import { expect, test } from 'vitest';
import { manualClock } from '../support/clocks.ts';
import { noClaude } from '../support/no-claude.ts';

const begun = 5_000;
const server = { pid: 50, parent: 11, group: 50, comm: 'vite', argv: ['vite'], stopped: false, listens: true, fed: false } as const;

/** A session in which a server runs that is held; `slow`: ms that the next look takes after it has seen what there is. */
const held = (clock = manualClock()) => {
	const from = clock.now();
	const holds = createHolds([{ id: 1, reason: 'demo', since: from, until: from + 3_600_000, process: { pid: server.pid, startedAt: from - begun } }]);
	const one = { slow: 0, processes: [server] as Omit<Process, 'ageMs'>[] };
	const senses = createSenses({
		clock,
		own: 1,
		processes: async () => {
			const found = one.processes.map((process) => ({ ...process, ageMs: clock.now() - from + begun }));
			if (one.slow > 0) await new Promise<void>((done) => void clock.after(one.slow, done));
			return found;
		},
		...noClaude,
		holds,
		inputAt: () => clock.now(),
		send: () => true,
		log: (line) => expect.fail(line),
	});
	return { clock, holds, senses, one };
};

test('[A4] a look that takes long on a busy machine ends no hold of a process that lives', async () => {
	const { clock, holds, senses, one } = held();
	await senses.start();
	one.slow = 4_000;
	await clock.advance(34_000);
	expect(senses.seen().doing.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['hold demo', 'server vite']);
	one.processes = [];
	await clock.advance(34_000);
	expect(senses.seen().doing).toEqual([]);
	expect(holds.all()).toEqual([]);
	senses.stop();
});

test('[A4] a key before the first look ends no hold of an earlier agent', async () => {
	const { holds, senses } = held();
	senses.typed();
	expect(holds.all()).toHaveLength(1);
	await senses.start();
	expect(holds.all()).toHaveLength(1);
	senses.stop();
});
