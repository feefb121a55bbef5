import type { ErrorCode } from '@shellpod/protocol/errors.ts';
import { ChooseUpdate, CreateSession, DeleteForGood, RenameSession, RestoreSession, Session, SessionList } from '@shellpod/protocol/http.ts';
import type { SessionId, UserId } from '@shellpod/protocol/ids.ts';
import { trashDays } from '@shellpod/protocol/limits.ts';
import type { Commands } from '../core/commands.ts';
import { trashedViewOf, viewOf } from '../core/session-view.ts';
import { bodyOf, type Call, deviceOf, json, personOf, type Route, sessionOf } from './route.ts';

export const sessionRoutes = (commands: Commands): Route[] => {
	/** A route that moves a session. Accepted: its state says how far it has come. */
	const move = (name: 'start' | 'stop' | 'restart', summary: string, errors: readonly ErrorCode[] = []): Route => ({
		method: 'POST',
		path: `/api/sessions/{id}/${name}`,
		operation: `${name}Session`,
		summary,
		status: 202,
		result: Session,
		errors: ['not_found', 'conflict', ...errors],
		answer: async (call) => json(202, viewOf(await commands[name](...whose(call), deviceOf(call)))),
	});

	return [
		{
			method: 'GET',
			path: '/api/sessions',
			operation: 'listSessions',
			summary: 'Your sessions, oldest first, and what is in the trash, newest first',
			status: 200,
			result: SessionList,
			answer: async (call) => {
				const { sessions, trash } = await commands.list(personOf(call).id);
				return json(200, { sessions: sessions.map(viewOf), trash: trash.map(trashedViewOf) } satisfies SessionList);
			},
		},
		{
			method: 'POST',
			path: '/api/sessions',
			operation: 'createSession',
			summary: 'Make a session with a home of its own, and start it',
			body: CreateSession,
			status: 201,
			result: Session,
			errors: ['name_taken', 'too_many', 'no_slot', 'starts_off', 'over_budget', 'conflict'],
			answer: async (call) => {
				const person = personOf(call);
				const { name } = await bodyOf(call, CreateSession);
				const session = viewOf(await commands.create(person.id, name, deviceOf(call)));
				return json(201, session, { location: `/api/sessions/${session.id}` });
			},
		},
		{
			method: 'GET',
			path: '/api/sessions/{id}',
			operation: 'getSession',
			summary: 'One session',
			status: 200,
			result: Session,
			errors: ['not_found'],
			answer: async (call) => json(200, viewOf(await commands.get(...whose(call)))),
		},
		{
			method: 'PATCH',
			path: '/api/sessions/{id}',
			operation: 'renameSession',
			summary: 'Give a session another name',
			body: RenameSession,
			status: 200,
			result: Session,
			errors: ['not_found', 'name_taken', 'conflict'],
			answer: async (call) => {
				const [user, id] = whose(call);
				const { name } = await bodyOf(call, RenameSession);
				return json(200, viewOf(await commands.rename(user, id, name)));
			},
		},
		{
			method: 'DELETE',
			path: '/api/sessions/{id}',
			operation: 'deleteSession',
			summary: `Stop a session and put it into the trash, for ${trashDays} days`,
			status: 204,
			errors: ['not_found', 'conflict'],
			answer: async (call) => {
				await commands.trash(...whose(call), deviceOf(call));
				return new Response(null, { status: 204 });
			},
		},
		{
			method: 'POST',
			path: '/api/sessions/{id}/restore',
			operation: 'restoreSession',
			summary: 'Take a session out of the trash, stopped; with another name where its own was taken meanwhile',
			body: RestoreSession,
			status: 200,
			result: Session,
			errors: ['not_found', 'name_taken', 'conflict'],
			answer: async (call) => {
				const [user, id] = whose(call);
				const { name } = await bodyOf(call, RestoreSession);
				return json(200, viewOf(await commands.restore(user, id, name, deviceOf(call))));
			},
		},
		{
			method: 'POST',
			path: '/api/sessions/{id}/delete-for-good',
			operation: 'deleteSessionForGood',
			summary: 'Delete a session that is in the trash, with every file in its home; its name is asked for, since there is no way back',
			body: DeleteForGood,
			status: 204,
			errors: ['not_found', 'conflict'],
			answer: async (call) => {
				const [user, id] = whose(call);
				const { name } = await bodyOf(call, DeleteForGood);
				await commands.remove(user, id, name, deviceOf(call));
				return new Response(null, { status: 204 });
			},
		},
		{
			method: 'POST',
			path: '/api/sessions/{id}/update',
			operation: 'chooseUpdate',
			summary: 'Choose when what is planned for a session is done; nothing happens to one for which nothing is planned',
			body: ChooseUpdate,
			status: 202,
			result: Session,
			errors: ['not_found', 'conflict', 'starts_off'],
			answer: async (call) => {
				const choice = await bodyOf(call, ChooseUpdate);
				return json(202, viewOf(await commands.update(...whose(call), choice, deviceOf(call))));
			},
		},
		move('start', 'Start a session; nothing happens to one that is to run already', ['starts_off', 'over_budget']),
		move('stop', 'Stop a session: its processes end, its home stays'),
		move('restart', 'Stop a session and start it again', ['starts_off', 'over_budget']),
	];
};

/** The session that a request is about, and whose it must be. */
export const whose = (call: Call): [UserId, SessionId] => [personOf(call).id, sessionOf(call)];
