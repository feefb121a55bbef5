/** Why a start failed or a task ended: the code, the words for its user, what its user can do, and whether another try makes sense. One place has them all. */
import type { CauseCode, StartStep } from '@shellpod/protocol/http.ts';
import type { ObservedTask } from '../ports.ts';
import type { Cause } from './record.ts';

interface Meaning {
	text: string;
	advice: string;
	retry: boolean;
}

const meaning = (text: string, retry: boolean, advice: string): Meaning => ({ text, advice, retry });
/** Whoever runs this ShellPod finds the code in docs/when-it-fails.md. */
const tellOperator = 'If it happens again, tell your operator the code.';

const meanings: Record<CauseCode, Meaning> = {
	capacity: meaning('AWS has no capacity for it just now', true, 'Try again in a few minutes.'),
	quota: meaning('The AWS account may not run more at once', true, 'Stop a session that you don’t need, or ask your operator for more room.'),
	throttled: meaning('AWS asked to go slower', true, 'Try again in a minute.'),
	machine_slow: meaning('AWS did not provide a machine in time', true, 'Try again in a few minutes.'),
	network: meaning('Its network could not be set up', true, `Try again. ${tellOperator}`),
	image: meaning('Its image could not be fetched', true, `Try again. ${tellOperator}`),
	image_missing: meaning(
		'Its image is missing, or not made for its machine',
		false,
		'Tell your operator the code: trying again won’t help before it is mended.',
	),
	image_slow: meaning('Its image could not be fetched in time', true, `Try again. ${tellOperator}`),
	role: meaning('Its role could not be used yet', true, `Try again in a minute. ${tellOperator}`),
	home: meaning('Its home could not be mounted', true, `Nothing in it was touched. Try again in a few minutes. ${tellOperator}`),
	home_denied: meaning('AWS refused to mount its home', true, 'Nothing in it was touched. Tell your operator the code.'),
	home_full: meaning('There is no space left for it', false, 'Tell your operator the code.'),
	home_slow: meaning('Its home could not be mounted in time', true, `Nothing in it was touched. Try again in a few minutes. ${tellOperator}`),
	definition: meaning('Its task definition is not the one of its home', false, 'Tell your operator the code.'),
	agent_silent: meaning('Its machine runs, but its terminals did not answer in time', true, `Try again. ${tellOperator}`),
	agent_cut_off: meaning('Its terminals answered, but could not connect in time', true, `Try again. ${tellOperator}`),
	start_slow: meaning('It did not start in time', true, `Try again. ${tellOperator}`),
	old_task: meaning('The task before it could not be stopped', true, 'Try again in a few minutes: two of them at once could spoil your files.'),
	exit: meaning('Its container ended', true, `Try again. ${tellOperator}`),
	memory: meaning('It ran out of memory', true, 'Run less at once in it.'),
	crash_loop: meaning('It ended too often', false, 'Retry when you know why.'),
	host: meaning('The machine that it ran on is gone', true, 'There is nothing to do: machines fail.'),
	retired: meaning('AWS took its machine away for maintenance', true, 'There is nothing to do: AWS renews its machines.'),
	outside: meaning('Its task was stopped from outside', true, 'Ask your operator who did it.'),
	unknown: meaning('It ended and nobody says why', true, `Try again. ${tellOperator}`),
};

export const causeOfCode = (kind: CauseCode, text = meanings[kind].text): Cause => ({ ...meanings[kind], kind, text });

/** A step that took too long. */
export const tooLong: Record<StartStep, Cause> = {
	reserve: causeOfCode('machine_slow'),
	image: causeOfCode('image_slow'),
	home: causeOfCode('home_slow'),
	terminals: causeOfCode('agent_silent'),
	connect: causeOfCode('agent_cut_off'),
};

/** What ECS's own words mean. First match counts. */
const patterns: readonly (readonly [RegExp, CauseCode])[] = [
	[/OutOfMemory|out of memory/i, 'memory'],
	[/number of vCPUs|above your limit/i, 'quota'],
	[/capacity/i, 'capacity'],
	[/no space left|quota exceeded/i, 'home_full'],
	[/assume.{0,20}role|credentials/i, 'role'],
	[/(?=.*(?:EFS|mount))(?=.*(?:access denied|not authorized|permission denied))/i, 'home_denied'],
	[/EFS|mount|volume/i, 'home'],
	[/network interface|\bENI\b|RESOURCE:/i, 'network'],
	[/(?=.*pull)(?=.*(?:timeout|timed out|connection|reset|EOF|toomanyrequests|rate))/i, 'image'],
	[/CannotPull|pull|manifest|exec format/i, 'image_missing'],
	[/throttl|rate exceeded/i, 'throttled'],
	[/maintenance/i, 'retired'],
	[/underlying|host|infrastructure|Spot|hardware/i, 'host'],
];

/** The meaning of a reason in ECS's words. */
export const causeOfText = (text: string): Cause => {
	const found = patterns.find(([pattern]) => pattern.test(text));
	return found ? causeOfCode(found[1]) : causeOfCode('unknown', `AWS says: ${text}`);
};

const lost = ['InfrastructureHealth', 'TerminationNotice', 'SpotInterruption'];

/** Why a task ended. `undefined`: ECS has forgotten the task. */
export const causeOf = (task: ObservedTask | undefined): Cause => {
	if (!task) return causeOfCode('unknown');
	if (task.stopCode !== undefined && lost.includes(task.stopCode))
		return causeOfCode(/maintenance/i.test(task.stoppedReason ?? '') ? 'retired' : 'host');
	if (task.stopCode === 'UserInitiated') return causeOfCode('outside');
	const ended = task.containers.find((one) => one.exitCode !== undefined);
	const said = task.containers.map((one) => one.reason).find((reason) => reason !== undefined);
	if (said !== undefined) return causeOfText(said);
	if (ended?.exitCode !== undefined && task.stopCode !== 'TaskFailedToStart')
		return causeOfCode('exit', `Its container ended with exit code ${ended.exitCode}`);
	return task.stoppedReason === undefined ? causeOfCode('unknown') : causeOfText(task.stoppedReason);
};

/** The end of coming back by itself: the last cause in its words. */
export const crashLoop = (last: Cause, times: number): Cause =>
	causeOfCode('crash_loop', `It ended ${times} times within half an hour, so it does not come back by itself any more. The last time: ${last.text}`);
