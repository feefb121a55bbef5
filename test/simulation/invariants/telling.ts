/** Rule 18: whoever watches is told of what becomes of their sessions, once all goes well. */
import type { Item } from '@shellpod/functions/adapters/items.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { viewOf } from '@shellpod/functions/core/session-view.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Watcher } from '../world/watcher.ts';

export interface TellingWatch {
	changed(before: Item | undefined, after: Item | undefined): void;
}

/** ms from a write until it is shown: a list that has to be read, by a function that has to start, included */
const longest = 2_000;

const recordOf = (item: Item | undefined): SessionRecord | undefined =>
	typeof item?.sk === 'string' && item.sk.startsWith('SESSION#') ? (item.record as SessionRecord) : undefined;

const isListed = ({ desired }: SessionRecord): boolean => desired.state !== 'deleted' && desired.state !== 'trashed';
const notThere = 'not in the list';
const seenOf = (record: SessionRecord | undefined): string => (record && isListed(record) ? JSON.stringify({ ...viewOf(record), rev: 0 }) : notThere);

/** `watchers`: those that there are. */
export const createTellingWatch = (kernel: Kernel, options: { whenCalm(run: () => void): void; watchers: readonly Watcher[] }): TellingWatch => {
	let calmSince: number | undefined;
	/** by session: its writes that show, the oldest first */
	const writes = new Map<string, SessionRecord[]>();
	options.whenCalm(() => {
		calmSince = kernel.now();
	});
	return {
		changed: (before, after) => {
			const record = recordOf(after);
			if (!record || seenOf(recordOf(before)) === seenOf(record)) return;
			const own = writes.get(record.id) ?? [];
			writes.set(record.id, [...own, record]);
			if (calmSince === undefined) return;
			// Those whose line was made when nothing broke lines any more.
			const calm = calmSince;
			const listening = options.watchers.filter(({ user, liveSince }) => user === record.user && (liveSince ?? 0) > calm);
			if (listening.length === 0) return;
			const lines = listening.map(({ liveSince }) => liveSince);
			kernel.after(longest, 'watchers', () => {
				// Who was to tell it may have died: the next sweep tells it.
				if (calmSince !== calm) return;
				// This, or what was written since.
				const since = (writes.get(record.id) ?? []).filter(({ rev }) => rev >= record.rev);
				for (const [at, watcher] of listening.entries()) {
					if (watcher.liveSince !== lines[at]) continue;
					const shown = watcher.shown(record.id);
					const shows = shown ? JSON.stringify({ ...shown, rev: 0 }) : notThere;
					if (!since.some((one) => seenOf(one) === shows))
						kernel.violated('rule 18', `a page of ${record.user} was not told of rev ${record.rev} of ${record.id}, and shows ${shows}`);
				}
			});
		},
	};
};
