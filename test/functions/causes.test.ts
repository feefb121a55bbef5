/** What ECS's words mean: one place, one code each, and a row of the guide for each code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { causeOf, causeOfCode, causeOfText } from '@shellpod/functions/core/causes.ts';
import { CauseCode } from '@shellpod/protocol/http.ts';
import { describe, expect, test } from 'vitest';
import { stopped } from '../support/session-records.ts';

const efs = (said: string): string => `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ${said}`;

describe('[8] ECS’s words', () => {
	test.each<[string, CauseCode]>([
		['Capacity is unavailable at this time. Please try again later or in a different availability zone', 'capacity'],
		['You’ve reached the limit on the number of vCPUs you can run concurrently', 'quota'],
		['CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to do request: dial tcp: i/o timeout', 'image'],
		['CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x@sha256:0: not found', 'image_missing'],
		["CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/arm64'.", 'image_missing'],
		['CannotPullContainerError: failed to extract layer: write /var/lib: no space left on device', 'home_full'],
		[efs("b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32"), 'home_denied'],
		[efs('mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32'), 'home'],
		[efs('mount.nfs4: Disk quota exceeded'), 'home_full'],
		["ECS was unable to assume the role 'arn:aws:iam::0:role/x' that was provided for this task.", 'role'],
		['Timeout waiting for network interface provisioning to complete.', 'network'],
		['OutOfMemoryError: Container killed due to memory usage', 'memory'],
		['Rate exceeded', 'throttled'],
		['ECS is performing maintenance on the underlying infrastructure hosting the task', 'retired'],
		['Host EC2 (instance i-0) terminated.', 'host'],
	])('%s', (text, code) => {
		const cause = causeOfText(text);
		expect(cause.kind).toBe(code);
		expect(causeOf(stopped({ stopCode: 'TaskFailedToStart', containers: [], stoppedReason: text }))).toEqual(cause);
	});

	test('that nobody knows are shown as they are', () => {
		expect(causeOfText('Something new')).toMatchObject({ kind: 'unknown', text: 'AWS says: Something new' });
	});

	test.each<[Parameters<typeof stopped>[0], CauseCode]>([
		[{ stopCode: 'InfrastructureHealth' }, 'host'],
		[{ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, 'host'],
		[{ stopCode: 'InfrastructureHealth', stoppedReason: 'ECS is performing maintenance on it' }, 'retired'],
		[{ stopCode: 'UserInitiated', stoppedReason: 'maintenance' }, 'outside'],
		[{ stopCode: 'EssentialContainerExited', containers: [{ lastStatus: 'STOPPED', exitCode: 1 }] }, 'exit'],
		[{ stopCode: 'EssentialContainerExited', containers: [{ lastStatus: 'STOPPED', exitCode: 137, reason: 'OutOfMemoryError' }] }, 'memory'],
	])('and stop codes: %j', (changes, code) => {
		expect(causeOf(stopped(changes)).kind).toBe(code);
	});
});

describe('[8] the guide', () => {
	const guide = readFileSync(join(import.meta.dirname, '../../docs/when-it-fails.md'), 'utf8');
	const rows = [...guide.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];

	test('has each code once, with the very words that its user reads', () => {
		expect(rows.map(([, code]) => code).sort()).toEqual([...CauseCode.options].sort());
		for (const [, code, words] of rows) expect(words, code).toContain(causeOfCode(CauseCode.parse(code)).text);
	});
});
