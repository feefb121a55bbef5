/** [14] A task's own words beside the reason of its failure. */

import { agentArrived } from '@shellpod/functions/core/arrival.ts';
import { createDrive } from '@shellpod/functions/core/drive.ts';
import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Report } from '@shellpod/functions/core/reports.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { Observed, Reports } from '@shellpod/functions/ports.ts';
import { sessionId } from '@shellpod/protocol/ids.ts';
import { describe, expect, test } from 'vitest';
import { createInMemorySessions } from '../support/in-memory-table.ts';
import { createFittingDefinitions, createLogLines, createScriptedTasks } from '../support/scripted-tasks.ts';
import {
	arnOf,
	at,
	base,
	dateAt,
	idle,
	intent,
	lease,
	plan,
	record,
	running,
	seen,
	session,
	stopped,
	task,
	user,
} from '../support/session-records.ts';

const words = (changes: Partial<Report> = {}): Report => ({ generation: 1, kind: 'crash', text: 'no tmux here', at: at(50), ...changes });
const decide = (before: SessionRecord, observed: Observed, seconds: number, report?: Report): SessionRecord =>
	reconcile(before, report ? { ...observed, report } : observed, dateAt(seconds), { ...plan, base }).record;

const waiting = decide(record({ task: intent({ arn: arnOf('one') }) }), seen(task()), 10);

describe('[14] a start that fails', () => {
	test('because its agent never came says what its task said', () => {
		const failed = decide(waiting, seen(task()), 100, words());
		expect(viewOf(failed).reason).toBe('Its machine runs, but its terminals did not answer in time. It said: “no tmux here”');
		expect(viewOf(decide(failed, seen(stopped()), 130)).reason).toContain('“no tmux here”');
	});

	test('because its container ended says so too', () => {
		const tired = { ...waiting, start: { since: at(0), tries: 4, stepAt: at(0) } };
		const ended = stopped({ stopCode: 'EssentialContainerExited', containers: [{ lastStatus: 'STOPPED', exitCode: 1 }] });
		expect(viewOf(decide(tired, seen(ended), 60, words({ kind: 'boot' }))).reason).toBe(
			'Its container ended with exit code 1. It said: “no tmux here”',
		);
	});

	test('without a report has the reason alone', () => {
		expect(viewOf(decide(waiting, seen(task()), 100)).reason).toBe('Its machine runs, but its terminals did not answer in time');
	});

	test.each([
		['an older generation', { generation: 0 }],
		['a later one', { generation: 2 }],
	])('does not repeat the words of %s', (_, changes) => {
		expect(decide(waiting, seen(task()), 100, words(changes)).said).toBeUndefined();
	});

	test('long words are cut, and decide nothing', () => {
		const [silent, loud] = [undefined, words({ text: 'x'.repeat(4_000) })].map((report) => decide(waiting, seen(task()), 100, report));
		expect(loud?.said).toHaveLength(300);
		expect({ ...loud, said: undefined }).toEqual({ ...silent, said: undefined });
	});
});

describe('[14] the words go', () => {
	const failed = decide(waiting, seen(task()), 100, words());
	test.each([
		['with the next start', lifecycle.start(failed, at(200))],
		['with a restart', lifecycle.restart(failed, at(200))],
		['with a stop', lifecycle.stop(failed, at(200))],
		['with the session', lifecycle.remove(failed, at(200))],
		['when the agent comes', agentArrived({ ...waiting, said: 'x' }, lease(300), dateAt(100), idle)],
	])('%s', (_, after) => {
		expect(after).toBeDefined();
		expect(after?.said).toBeUndefined();
	});
});

describe('[14] a session that runs', () => {
	const silent = { ...running(), agent: lease(60) };
	test('says why its agent does not answer', () => {
		expect(viewOf(decide(silent, seen(task()), 61, words({ at: at(55) }))).reason).toBe('Its agent does not answer. It said: “no tmux here”');
	});

	test('does not repeat what was said long before', () => {
		const later = { ...silent, agent: lease(3_600) };
		expect(decide(later, seen(task()), 3_601, words({ at: at(55) })).said).toBeUndefined();
	});

	test('has no words while its agent is there', () => {
		expect(decide(silent, seen(task()), 30, words({ at: at(20) })).said).toBeUndefined();
	});
});

describe('[14] the drive', () => {
	const driven = (before: SessionRecord, seconds: number) => {
		const asked: string[] = [];
		const sessions = createInMemorySessions();
		const log = createLogLines();
		const reports: Pick<Reports, 'get'> = {
			get: async (id) => {
				asked.push(id);
				return { session: sessionId(id), last: words(), times: [], rev: 1 };
			},
		};
		const drive = createDrive({
			sessions,
			tasks: { ...createScriptedTasks(), look: async () => seen(task()) },
			definitions: createFittingDefinitions(),
			reports,
			events: { put: async () => {} },
			gateway: { post: async () => 'sent' },
			plan,
			now: () => dateAt(seconds),
			log,
		});
		return { asked, log, go: async () => (await sessions.create(before)) && drive(user, session) };
	};

	test('[security 11] brings them to the record, and not to the log', async () => {
		const { go, log } = driven({ ...waiting, dueAt: at(95) }, 100);
		expect(await go()).toMatchObject({ phase: 'failed', said: 'no tmux here' });
		expect(JSON.stringify(log)).toContain('session_moved');
		expect(JSON.stringify(log)).not.toContain('no tmux here');
	});

	test('asks for them only where they could explain something', async () => {
		const well = driven({ ...running(), agent: lease(60) }, 30);
		await well.go();
		expect(well.asked).toEqual([]);
		const silent = driven({ ...running(), agent: lease(60) }, 61);
		await silent.go();
		expect(silent.asked).toEqual([session]);
	});
});
