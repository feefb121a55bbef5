/** Why a task did not come up, or ended, of what ECS says. */
import type { ObservedTask } from '../ports.ts';
import type { Cause } from './record.ts';

const cause = (kind: Cause['kind'], text: string, retry: boolean): Cause => ({ kind, text, retry });

/** What ECS's own words mean. First match counts. */
const meanings: readonly (readonly [RegExp, Cause])[] = [
	[/OutOfMemory|out of memory/i, cause('memory', 'It ran out of memory', true)],
	[/number of vCPUs|above your limit/i, cause('capacity', 'The AWS account may not run more at once', true)],
	[/capacity/i, cause('capacity', 'AWS has no capacity for it just now', true)],
	[/assume.{0,20}role|credentials/i, cause('role', 'Its role could not be used yet', true)],
	[/EFS|mount|volume/i, cause('home', 'Its home could not be mounted', true)],
	[/network interface|\bENI\b|RESOURCE:/i, cause('network', 'Its network could not be set up', true)],
	[
		/(?=.*pull)(?=.*(?:timeout|timed out|connection|reset|EOF|toomanyrequests|rate))/i,
		cause('image', 'Its image could not be fetched in time', true),
	],
	[/CannotPull|pull|manifest|exec format/i, cause('image', 'Its image could not be fetched', false)],
	[/throttl|rate exceeded/i, cause('throttled', 'AWS asked to go slower', true)],
	[/maintenance|underlying|host|infrastructure|Spot|hardware/i, cause('host', 'The machine that it ran on is gone', true)],
];

const unknown = cause('unknown', 'It ended and nobody says why', true);

/** The meaning of a reason in ECS's words. */
export const causeOfText = (text: string): Cause =>
	meanings.find(([pattern]) => pattern.test(text))?.[1] ?? { ...unknown, text: `AWS says: ${text}` };

/** Why a task ended. `undefined`: ECS has forgotten the task. */
export const causeOf = (task: ObservedTask | undefined): Cause => {
	if (!task) return unknown;
	if (task.stopCode === 'InfrastructureHealth' || task.stopCode === 'TerminationNotice' || task.stopCode === 'SpotInterruption')
		return cause('host', 'The machine that it ran on is gone', true);
	if (task.stopCode === 'UserInitiated') return cause('outside', 'Its task was stopped from outside', true);
	const ended = task.containers.find((one) => one.exitCode !== undefined);
	const said = task.containers.map((one) => one.reason).find((reason) => reason !== undefined);
	if (said !== undefined) return causeOfText(said);
	if (ended?.exitCode !== undefined && task.stopCode !== 'TaskFailedToStart')
		return cause('exit', `Its container ended with exit code ${ended.exitCode}`, true);
	return task.stoppedReason === undefined ? unknown : causeOfText(task.stoppedReason);
};
