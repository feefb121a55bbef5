import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { Ticket, TicketRequest } from '@shellpod/protocol/http.ts';
import { terminalId } from '@shellpod/protocol/ids.ts';
import { tooManySockets, tooManyWatchers } from '../core/access.ts';
import type { Commands } from '../core/commands.ts';
import { refuseCut } from '../core/cuts.ts';
import type { IdleCommands } from '../core/idle-commands.ts';
import type { Tickets } from '../core/tickets.ts';
import type { Viewers } from '../core/viewers.ts';
import type { NoteVisit } from '../core/visits.ts';
import type { Cuts } from '../relay-ports.ts';
import { bodyOf, type Call, deviceOf, json, personOf, type Route } from './route.ts';
import { whose } from './sessions.ts';

export interface TicketRoutesDeps {
	commands: Pick<Commands, 'get'>;
	tickets: Pick<Tickets, 'issue'>;
	idle: Pick<IdleCommands, 'opened'>;
	viewers: Pick<Viewers, 'room' | 'roomToWatch'>;
	cuts: Pick<Cuts, 'until'>;
	noteVisit: NoteVisit;
	now: () => Date;
	/** origin of the page: viewers come from it, and to it */
	pageOrigin: string;
}

/** A page of an earlier deployment sends no body. */
const wishOf = async (call: Call): Promise<TicketRequest> => (call.request.headers.has('content-type') ? bodyOf(call, TicketRequest) : {});

export const ticketRoutes = ({ commands, tickets, idle, viewers, cuts, noteVisit, now, pageOrigin }: TicketRoutesDeps): Route[] => [
	{
		method: 'POST',
		path: '/api/watch',
		operation: 'createWatchTicket',
		summary: 'The right to open one WebSocket that tells what becomes of your sessions, good for 30 s',
		status: 201,
		result: Ticket,
		errors: ['too_many_open'],
		answer: async (call) => {
			const { id: user, signIn } = personOf(call);
			if (!(await viewers.roomToWatch(user))) throw new ShellPodError('too_many_open', tooManyWatchers);
			return json(201, await tickets.issue({ role: 'watcher', user, origin: pageOrigin, signIn }));
		},
	},
	{
		method: 'POST',
		path: '/api/sessions/{id}/tickets',
		operation: 'createTicket',
		summary: 'The right to open one WebSocket to a session, good for 30 s',
		body: TicketRequest,
		status: 201,
		result: Ticket,
		errors: ['not_found', 'not_running', 'too_many_open', 'flooding', 'conflict'],
		answer: async (call) => {
			const { user, id: session, generation, desired } = await commands.get(...whose(call));
			const wish = await wishOf(call);
			const terminal = wish.terminal === undefined ? undefined : terminalId(wish.terminal);
			if (desired.state !== 'running') throw new ShellPodError('not_running', 'The session is stopped. Start it first.');
			await refuseCut(cuts, { session, user, role: 'viewer' }, now());
			if (!(await viewers.room(user, terminal))) throw new ShellPodError('too_many_open', tooManySockets);
			const { signIn } = personOf(call);
			const grant = { user, session, generation, role: 'viewer', origin: pageOrigin, signIn, ...(terminal && { terminal }) } as const;
			const device = deviceOf(call);
			const visit = { kind: 'ticket', generation, signIn, ...(device !== undefined && { device }) } as const;
			// Before the ticket: who was told that the session can be opened finds it running.
			if (wish.opened) await idle.opened(user, session);
			const ticket = await tickets.issue(grant);
			await noteVisit(session, visit);
			return json(201, ticket);
		},
	},
];
