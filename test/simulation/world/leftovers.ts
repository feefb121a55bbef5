/** What sessions that are gone have left behind, in words. */
import type { SlotItem } from '@shellpod/functions/core/slot.ts';
import type { UserRecord } from '@shellpod/functions/core/user-record.ts';
import type { Connection } from '@shellpod/functions/relay-ports.ts';
import type { Records } from '../invariants/records.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Gateway } from './gateway.ts';
import type { HomeMakers } from './homes.ts';
import { deployment } from './names.ts';
import type { SimulatedTable } from './table.ts';

export interface LeftoversOptions {
	kernel: Kernel;
	table: SimulatedTable;
	ecs: SimulatedEcs;
	homes: HomeMakers;
	records: Records;
	/** families of Homes that a task has emptied */
	emptied: ReadonlySet<string>;
}

/** Those of sessions that are gone, slots whose sessions never came to be, and tasks of sessions that have no record. */
export const leftoversOf = ({ kernel, table, ecs, homes, records, emptied }: LeftoversOptions): string[] => {
	const definitionsOf = (family: string): string[] =>
		['ACTIVE', 'INACTIVE'].flatMap((status) => {
			const { answer } = ecs.machine.call('ListTaskDefinitions', { familyPrefix: family, status }, 'world', Math.floor(kernel.now()));
			return (answer?.taskDefinitionArns as string[] | undefined) ?? [];
		});
	const items = table.items.all();
	const gone = records
		.gone()
		.flatMap(({ id, slot, user }) => [
			...items
				.filter((item) => [item.pk, item.sk].some((key) => String(key).includes(id)) || item.pk === `SLOT#${slot.uid}`)
				.map(({ pk, sk }) => `${id}: item ${pk} ${sk}`),
			...items
				.filter((item) => item.sk === 'USER' && item.pk === `USER#${user}` && Object.hasOwn((item.record as UserRecord).claims, id))
				.map(() => `${id}: its name`),
			...homes.left(slot.uid).map((what) => `${id}: ${what}`),
			...definitionsOf(slot.family).map((arn) => `${id}: definition ${arn}`),
			...(emptied.has(slot.family) ? [] : [`${id}: the files of its home`]),
		]);
	const lost = items.flatMap((item) => {
		const slot = item.slot as SlotItem | undefined;
		return slot?.state === 'taken' && !records.newest(slot.takenBy.session) ? [`slot ${slot.uid}, taken by nobody`] : [];
	});
	const orphans = ecs.machine.tasks().flatMap(({ id, startedBy, lastStatus }) => {
		const [of, session = ''] = startedBy?.split('/') ?? [];
		return of === deployment && lastStatus !== 'STOPPED' && !records.newest(session) ? [`task ${id} of ${session}`] : [];
	});
	return [...gone, ...lost, ...orphans];
};

/** Connections that pages have open and no item names. */
export const unlistedOf = (table: SimulatedTable, gateway: Gateway): string[] => {
	const listed = new Set(table.items.all().map(({ connection }) => (connection as Connection | undefined)?.id as string));
	return gateway.ofPages().filter((id) => !listed.has(id));
};
