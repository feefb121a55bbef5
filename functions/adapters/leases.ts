/** Leases in the table. */
import { keys } from '../core/keys.ts';
import type { Leases } from '../ports.ts';
import type { Items } from './items.ts';

export const createLeases = (items: Items): Leases => ({
	async take(name, holder, now, until) {
		const free = {
			expression: 'attribute_not_exists(pk) OR #until <= :now OR holder = :holder',
			names: { '#until': 'until' },
			values: { ':now': now, ':holder': holder },
		};
		return (await items.put({ ...keys.lease(name), holder, until }, free)) !== undefined;
	},

	async release(name, holder) {
		await items.remove(keys.lease(name), { expression: 'holder = :holder', values: { ':holder': holder } });
	},
});
