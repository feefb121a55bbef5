/** A session that is deleted for good, with all that can be left of one. */
import { chmodSync, globSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createCuts, createMeters } from '@shellpod/functions/adapters/meters.ts';
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { connectionId, senderId } from '@shellpod/protocol/ids.ts';
import { type Cast, until } from './cast.ts';

/** `deleting`: called before its role goes. */
export const deleteForGood = async (cast: Cast, deleting: () => Promise<void>): Promise<void> => {
	const { user, owner, operator, stack } = cast;
	const { items } = operator;
	const session = await cast.session('gone');
	const { id, record } = session;
	const { slot } = await record();
	const [home = ''] = globSync(join(stack.state, 'efs', '*', 'homes', String(slot.uid)));
	await user.api('DELETE', `/api/sessions/${id}`);
	await user.api('POST', `/api/sessions/${id}/restore`, {});
	await user.api('DELETE', `/api/sessions/${id}`);
	await session.comesTo('it is stopped', ({ phase }) => phase === 'stopped');

	const outside = join(stack.state, 'outside');
	writeFileSync(outside, 'not of this home');
	mkdirSync(join(home, 'closed/deeper/-rf'), { recursive: true });
	writeFileSync(join(home, 'closed/deeper/new\nline'), 'x');
	symlinkSync(stack.state, join(home, 'closed/away'));
	linkSync(join(home, 'closed/deeper/new\nline'), join(home, '.twin'));
	for (const folder of ['closed/deeper', 'closed', '.']) chmodSync(join(home, folder), 0o000);

	// What an end that is cut off leaves, for TTL.
	const connection = { id: connectionId('left='), session: id, user: owner, generation: 1, role: 'viewer' as const, sender: senderId('left') };
	await createConnections(items).put(connection, new Date());
	await createMeters(items).add(id, 'AGENT', 1, { messages: 1, bytes: 1 });
	await createCuts(items).make({ session: id, user: owner, role: 'agent' }, Date.now() + 60_000, new Date());
	const reports = createReportStore(items);
	await reports.put({ ...(await reports.get(id)), last: { generation: 1, kind: 'crash', text: 'left', at: new Date().toISOString() } });

	await deleting();
	await user.api('POST', `/api/sessions/${id}/delete-for-good`, { name: 'gone' });
	await until('the Home is empty', async () => {
		await operator.invoke('task-events', { detail: { group: `family:${slot.family}` } });
		const { purge } = (await createSessions(items).get(owner, id)) ?? {};
		return purge?.step !== 'empty';
	});
	await until('nothing is left of it', async () => {
		await operator.invoke('purge');
		return (await createSessions(items).get(owner, id)) === undefined;
	});
	if (readdirSync(home).length > 0) throw new Error(`its home still has ${readdirSync(home)}`);
	if (readFileSync(outside, 'utf8') !== 'not of this home') throw new Error('more than its home was emptied');
	if (await createSlots(items).get(slot.uid)) throw new Error('its slot is still there');
	for (const partition of ['SESSION', 'METER', 'CUT', 'REPORT'])
		if ((await items.list(`${partition}#${id}`)).length > 0) throw new Error(`${partition} is still there`);
};
