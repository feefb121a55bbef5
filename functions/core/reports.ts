/**
 * What a task says of its own failure: taken from the task that runs for its session, and kept as plain text beside the reason of the failure.
 * The tenant is root in there and may say anything, so its words are shown to its user and never logged.
 */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { AgentReport } from '@shellpod/protocol/http.ts';
import type { SessionId } from '@shellpod/protocol/ids.ts';
import type { Log, Reports, Sessions, Slots } from '../ports.ts';
import { admission } from './admission.ts';
import { taskCaller } from './callers.ts';
import { plain } from './plain.ts';
import type { SessionRecord, Time } from './record.ts';
import { uidOfHome } from './slot.ts';

export interface Report {
	generation: number;
	kind: AgentReport['kind'];
	/** as `plain` makes it */
	text: string;
	at: Time;
}

export interface ReportRecord {
	session: SessionId;
	last?: Report;
	/** when reports were taken, within `window` */
	times: readonly Time[];
	/** compare-and-swap counter */
	rev: number;
}

/** reports of one session that are taken in so many ms: an agent that dies at once is started again at least every 4 s */
const most = 6;
const window = 10 * 60_000;
/** characters that stand beside a reason */
const shown = 300;
/** how often a record is read again after somebody else wrote it */
const attempts = 5;

/** What stands beside a reason. */
export const excerpt = (text: string): string => {
	const characters = [...text];
	return characters.length <= shown
		? text
		: `${characters
				.slice(0, shown - 1)
				.join('')
				.trimEnd()}…`;
};

/** The record with one report more. Throws ShellPodError `too_many`. */
export const withReport = (record: ReportRecord, report: Report): ReportRecord => {
	const now = Date.parse(report.at);
	const recent = record.times.filter((time) => now - Date.parse(time) < window);
	const [first] = recent;
	if (first !== undefined && recent.length >= most) {
		const retryAfter = Math.ceil((Date.parse(first) + window - now) / 1_000);
		throw new ShellPodError('too_many', `A session may report ${most} times in ${window / 60_000} minutes.`, { retryAfter });
	}
	return { ...record, last: report, times: [...recent, report.at] };
};

interface ReportDeps {
	deployment: string;
	slots: Pick<Slots, 'get'>;
	sessions: Pick<Sessions, 'get'>;
	reports: Reports;
	now: () => Date;
	log: Log;
}

const refused = (): ShellPodError => new ShellPodError('forbidden', 'This task is not the agent of a session that runs.');

/** Takes a report of the task behind `userArn`. Throws ShellPodError `forbidden`, `unavailable`, `invalid_request`, `too_many` or `conflict`. */
export const createReports = ({ deployment, slots, sessions, reports, now, log }: ReportDeps) => {
	/** The record of the session that the caller's task runs for, by the same rule as its ticket; but nothing asks ECS for a report. */
	const sessionOf = async (userArn: string): Promise<SessionRecord> => {
		const caller = taskCaller(userArn);
		const uid = caller && uidOfHome(deployment, caller.roleName);
		const slot = uid === undefined ? undefined : await slots.get(uid);
		if (!caller || slot?.state !== 'taken') throw refused();
		const record = await sessions.get(slot.takenBy.user, slot.takenBy.session);
		const decision = admission(record, caller);
		if (decision === 'look') throw new ShellPodError('unavailable', 'The record does not name this task yet.', { retryAfter: 1 });
		if (!record || decision === 'refused') throw refused();
		return record;
	};

	return async (userArn: string, { kind, text }: AgentReport): Promise<void> => {
		const { id: session, generation } = await sessionOf(userArn);
		const words = plain(text);
		if (words === '') throw new ShellPodError('invalid_request', 'The report says nothing that can be shown.');
		for (let attempt = 0; attempt < attempts; attempt++) {
			const at = now().toISOString();
			if (!(await reports.put(withReport(await reports.get(session), { generation, kind, text: words, at })))) continue;
			log.info('task_reported', { session, generation, kind, length: words.length });
			return;
		}
		throw new ShellPodError('conflict', 'Others report for this session at the same time.', { retryAfter: 1 });
	};
};
