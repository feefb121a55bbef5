/** What users do. */
import { type Actor, type Cast, until, within } from './cast.ts';
import { deleteUnderTerminal, openTerminal } from './connections.ts';

const isRunning = (generation: number) => (record: Awaited<ReturnType<Actor['record']>>) =>
	record.phase === 'running' && record.generation === generation;

/** Makes a session, types, holds, renames, restarts and stops under an open terminal, starts, deletes. */
export const liveALife = async (cast: Cast): Promise<void> => {
	const { user, operator } = cast;
	const session = await cast.session('first');
	const ask = (what: string): Promise<unknown> => user.api('POST', `/api/sessions/${session.id}/${what}`);

	await user.api('GET', '/api/sessions');
	await user.api('PATCH', `/api/sessions/${session.id}`, { name: 'renamed' });
	const viewer = await openTerminal(session, cast);
	const shown = viewer.shows('all-81');
	viewer.type('echo all-$((9*9))\n');
	await within('what was typed is shown', shown);
	viewer.type('shellpod hold 1h\n');
	await session.comesTo('it is held', ({ idle }) => idle?.doing.some(({ kind }) => kind === 'hold') ?? false);

	await ask('restart');
	await session.comesTo('it runs again', isRunning(2));
	await until('the terminal of the older task is let go', async () => {
		const open = await operator.items.list(`SESSION#${session.id}`, 'CONN#');
		return open.every(({ connection }) => (connection as { role: string }).role === 'agent');
	});

	await openTerminal(session, cast);
	await user.api('GET', `/api/sessions/${session.id}/events`);
	await ask('stop');
	await session.comesTo('it is stopped', ({ phase }) => phase === 'stopped');
	await ask('start');
	await session.comesTo('it is started', isRunning(3));
	await deleteUnderTerminal(session, cast);
};

/** The page's link. */
export const signOut = async ({ user, stack }: Cast): Promise<void> => {
	const answer = await fetch(new URL('/api/auth/logout', stack.origin), { headers: { cookie: user.cookie() }, redirect: 'manual' });
	if (answer.status !== 302) throw new Error(`sign-out: ${answer.status}`);
};
