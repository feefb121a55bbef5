/** The switch in the table: an item that is there while starts are off. */
import { keys } from '../core/keys.ts';
import type { StartSwitch, StartsOff } from '../ports.ts';
import type { Items } from './items.ts';

export const createStartSwitch = (items: Items): StartSwitch => ({
	async get() {
		const item = await items.get(keys.startSwitch);
		return item?.off as StartsOff | undefined;
	},

	async turnOff(off) {
		await items.put({ ...keys.startSwitch, off });
	},

	async turnOn() {
		await items.remove(keys.startSwitch);
	},
});
