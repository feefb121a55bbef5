/** The numbers are the rules of task-image/agent/senses/SPEC.md. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClaudeFile } from '@shellpod/task-image/agent/senses/claude-file.ts';
import { readClaudeStatus } from '@shellpod/task-image/agent/senses/claude-status.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'claude-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('[A2] what is known is there for the next agent, whose clock begins elsewhere', () => {
	const path = join(folder, 'claude.json');
	const turn = { kind: 'turn', since: 700 } as const;
	const before = createClaudeFile(path, { now: () => 1_000, wall: () => 5_000_000 });
	before.write({ known: [{ pid: 5, startedAt: 400, heardAt: 4_999_700, turn, transcript: '/t' }, { pid: 6 }], endedAt: 300 });
	const after = createClaudeFile(path, { now: () => 20, wall: () => 5_001_000 });
	expect(after.read()).toEqual({
		known: [{ pid: 5, startedAt: -1_580, heardAt: 4_999_700, turn: { kind: 'turn', since: -1_280 }, transcript: '/t' }, { pid: 6 }],
		endedAt: -1_680,
	});
});

test('[A2] a file that somebody spoiled is none', () => {
	const path = join(folder, 'claude.json');
	for (const text of ['{', '{"known":[{"pid":"5"}]}']) {
		writeFileSync(path, text);
		expect(createClaudeFile(path, { now: () => 0, wall: () => 0 }).read()).toEqual({ known: [] });
	}
});

test('[A2] its status stands in the folder of its settings', async () => {
	const said = (pid: number, status: string) => JSON.stringify({ pid, sessionId: 's', status, statusUpdatedAt: 77, more: 1 });
	for (const settings of ['.claude', 'elsewhere']) mkdirSync(join(folder, settings, 'sessions'), { recursive: true });
	writeFileSync(join(folder, '.claude/sessions/5.json'), said(5, 'idle'));
	writeFileSync(join(folder, 'elsewhere/sessions/5.json'), said(5, 'busy'));
	expect(await readClaudeStatus(5, folder)).toEqual({ status: 'idle', at: 77 });
	expect(await readClaudeStatus(5, folder, join(folder, 'elsewhere/projects/demo/s.jsonl'))).toEqual({ status: 'busy', at: 77 });
});

test('[A2] a status that is missing, unknown, of another process or no plain file is none, and holds nothing up', async () => {
	const sessions = join(folder, '.claude/sessions');
	mkdirSync(sessions, { recursive: true });
	writeFileSync(join(sessions, '2.json'), '{');
	writeFileSync(join(sessions, '3.json'), '{"pid":3,"status":"pondering","statusUpdatedAt":1}');
	writeFileSync(join(sessions, '4.json'), '{"pid":9,"status":"idle","statusUpdatedAt":1}');
	execFileSync('mkfifo', [join(sessions, '5.json')]);
	symlinkSync('/dev/zero', join(sessions, '6.json'));
	writeFileSync(join(sessions, '7.json'), `{"pid":7,"status":"idle","statusUpdatedAt":1}${' '.repeat(65_536)}`);
	expect(await Promise.all([1, 2, 3, 4, 5, 6, 7].map((pid) => readClaudeStatus(pid, folder)))).toEqual(Array(7).fill(undefined));
});
