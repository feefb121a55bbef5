import { Me } from '@shellpod/protocol/http.ts';
import type { Commands } from '../core/commands.ts';
import { json, personOf, type Route } from './route.ts';

export const meRoutes = (commands: Pick<Commands, 'limits'>): Route[] => [
	{
		method: 'GET',
		path: '/api/me',
		operation: 'getMe',
		summary: 'Who is signed in, and what they may have',
		status: 200,
		result: Me,
		answer: async (call) => {
			const { id, name } = personOf(call);
			return json(200, { id, name, limits: await commands.limits(id) } satisfies Me);
		},
	},
];
