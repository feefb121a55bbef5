/** Session records, to read one: apart from what writes them, since a task waits for what it loads. */
import { keys } from '../core/keys.ts';
import type { SessionRecord } from '../core/record.ts';
import type { Sessions } from '../ports.ts';
import type { Items } from './items.ts';

export const createSessionReader = (items: Items): Pick<Sessions, 'get'> => ({
	async get(user, id) {
		const item = await items.get(keys.session(user, id));
		return item?.record as SessionRecord | undefined;
	},
});
