/** What tasks said last, in the table. */
import { keys } from '../core/keys.ts';
import type { ReportRecord } from '../core/reports.ts';
import type { Reports } from '../ports.ts';
import type { Items } from './items.ts';

/** s that a report is kept */
const lifetime = 24 * 3_600;

export const createReportStore = (items: Pick<Items, 'get' | 'put'>): Reports => ({
	async get(session) {
		const item = await items.get(keys.report(session));
		return (item?.record as ReportRecord | undefined) ?? { session, times: [], rev: 0 };
	},

	async put(record) {
		const rev = record.rev + 1;
		const unchanged = record.rev === 0 ? { expression: 'attribute_not_exists(pk)' } : { expression: 'rev = :rev', values: { ':rev': record.rev } };
		const expires = Math.ceil(Date.parse(record.last?.at ?? '') / 1_000) + lifetime;
		return (await items.put({ ...keys.report(record.session), record: { ...record, rev }, rev, expires }, unchanged)) !== undefined;
	},
});
