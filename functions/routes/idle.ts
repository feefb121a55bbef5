import { idleChoices } from '@shellpod/protocol/activity.ts';
import { ChooseIdle, KeepSession, Session } from '@shellpod/protocol/http.ts';
import type { IdleCommands } from '../core/idle-commands.ts';
import { viewOf } from '../core/session-view.ts';
import { InvalidRequest } from './problems.ts';
import { bodyOf, json, type Route } from './route.ts';
import { whose } from './sessions.ts';

const minute = 60_000;

export const idleRoutes = (commands: Pick<IdleCommands, 'keep' | 'choose'>): Route[] => [
	{
		method: 'POST',
		path: '/api/sessions/{id}/keep',
		operation: 'keepSession',
		summary: 'Keep a session running for so long at least, whether anybody uses it or not',
		body: KeepSession,
		status: 200,
		result: Session,
		errors: ['not_found', 'not_running', 'conflict'],
		answer: async (call) => {
			const { minutes } = await bodyOf(call, KeepSession);
			return json(200, viewOf(await commands.keep(...whose(call), minutes * minute)));
		},
	},
	{
		method: 'PATCH',
		path: '/api/sessions/{id}/idle',
		operation: 'chooseIdle',
		summary: 'After how long without activity a session is stopped, and which programs count',
		body: ChooseIdle,
		status: 200,
		result: Session,
		errors: ['not_found', 'conflict'],
		answer: async (call) => {
			const { limitMinutes, counts } = await bodyOf(call, ChooseIdle);
			if (limitMinutes !== undefined && !idleChoices.some((one) => one === limitMinutes))
				throw new InvalidRequest(`limitMinutes is one of ${idleChoices.map(String).join(', ')}.`);
			const choice = {
				...(limitMinutes !== undefined && { limitMs: limitMinutes === null ? null : limitMinutes * minute }),
				...(counts && { overrules: { [counts.name]: counts.counts } }),
			};
			return json(200, viewOf(await commands.choose(...whose(call), choice)));
		},
	},
];
