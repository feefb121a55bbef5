/** A session's record as an item of the table. `rev` stands beside it for the compare-and-swap, `dueAt` for the index. */
import { keys, shardOf } from '../core/keys.ts';
import type { SessionRecord } from '../core/record.ts';

export const itemOf = (record: SessionRecord) => ({
	...keys.session(record.user, record.id),
	record,
	rev: record.rev,
	...(record.dueAt === undefined ? {} : { duePk: keys.dueShard(shardOf(record.id)), dueAt: record.dueAt }),
});

export const recordOf = (item: Readonly<Record<string, unknown>>): SessionRecord => item.record as SessionRecord;
