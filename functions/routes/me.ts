import { Me } from '@shellpod/protocol/http.ts';
import { json, personOf, type Route } from './route.ts';

export const meRoutes = (limits: { sessions: number }): Route[] => [
	{
		method: 'GET',
		path: '/api/me',
		operation: 'getMe',
		summary: 'Who is signed in, and what they may have',
		status: 200,
		result: Me,
		answer: (call) => {
			const { id, name } = personOf(call);
			return json(200, { id, name, limits } satisfies Me);
		},
	},
];
