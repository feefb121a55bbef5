import { EventPage } from '@shellpod/protocol/http.ts';
import type { History } from '../core/history.ts';
import { isPlace } from '../core/trail.ts';
import { InvalidRequest } from './problems.ts';
import { json, type Route } from './route.ts';
import { whose } from './sessions.ts';

export const historyRoutes = (history: History): Route[] => [
	{
		method: 'GET',
		path: '/api/sessions/{id}/events',
		operation: 'listEvents',
		summary: 'What happened to a session in the last 90 days, newest first; the next page is asked for with the `before` of the last one',
		query: { before: 'the `before` of an earlier page' },
		status: 200,
		result: EventPage,
		errors: ['not_found', 'invalid_request'],
		answer: async (call) => {
			const [user, id] = whose(call);
			const before = call.url.searchParams.get('before') ?? undefined;
			if (before !== undefined && !isPlace(before)) throw new InvalidRequest('`before` is not the `before` of an earlier page.');
			return json(200, await history(user, id, before));
		},
	},
];
