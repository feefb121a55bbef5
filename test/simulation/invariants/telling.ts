/** Rule 18: whoever watches is told of what becomes of their sessions, once all goes well. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Watcher } from '../world/watcher.ts';

export interface TellingWatch {
	changed(before: Item | undefined, after: Item | undefined): void;
}

/** ms from a write until it is shown: a list that has to be read included */
const longest = 10_000;

const recordOf = (item: Item | undefined): SessionRecord | undefined =>
	typeof item?.sk === 'string' && item.sk.startsWith('SESSION#') ? (item.record as SessionRecord) : undefined;

const isListed = ({ desired }: SessionRecord): boolean => desired.state !== 'deleted' && desired.state !== 'trashed';
const seenOf = (record: SessionRecord | undefined): string =>
	record && isListed(record) ? JSON.stringify({ ...viewOf(record), rev: 0 }) : 'not in the list';

/** `watchers`: those that there are; `newest`: what the record is now. */
export const createTellingWatch = (
	kernel: Kernel,
	options: { whenStopped(run: () => void): void; watchers: readonly Watcher[]; newest(session: string): SessionRecord | undefined },
): TellingWatch => {
	let calmSince: number | undefined;
	options.whenStopped(() => {
		calmSince = kernel.now();
	});
	return {
		changed: (before, after) => {
			const record = recordOf(after);
			if (!record || calmSince === undefined || seenOf(recordOf(before)) === seenOf(record)) return;
			// Those whose line was made when nothing broke lines any more.
			const since = calmSince;
			const listening = options.watchers.filter(({ user, liveSince }) => user === record.user && (liveSince ?? 0) > since);
			if (listening.length === 0) return;
			const lines = listening.map(({ liveSince }) => liveSince);
			kernel.after(longest, 'watchers', () => {
				for (const [at, watcher] of listening.entries()) {
					if (watcher.liveSince !== lines[at]) continue;
					const shown = watcher.shown(record.id);
					const isOld = isListed(record) ? !shown || shown.rev < record.rev : shown !== undefined;
					const newest = options.newest(record.id);
					const shows = shown ? JSON.stringify({ ...shown, rev: 0 }) : 'not in the list';
					if (isOld && shows !== seenOf(newest))
						kernel.violated('rule 18', `a page of ${record.user} was not told of rev ${record.rev} of ${record.id}, and shows ${shows}`);
				}
			});
		},
	};
};
