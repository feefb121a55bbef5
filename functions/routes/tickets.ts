import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { Ticket, TicketRequest } from '@shellpod/protocol/http.ts';
import { type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { tooManySockets, tooManyWatchers } from '../core/access.ts';
import type { Commands } from '../core/commands.ts';
import { refuseCut } from '../core/cuts.ts';
import type { Tickets } from '../core/tickets.ts';
import type { Viewers } from '../core/viewers.ts';
import type { NoteVisit } from '../core/visits.ts';
import type { Cuts } from '../relay-ports.ts';
import { bodyOf, type Call, deviceOf, json, personOf, type Route } from './route.ts';
import { whose } from './sessions.ts';

export interface TicketRoutesDeps {
	commands: Pick<Commands, 'get'>;
	tickets: Pick<Tickets, 'issue'>;
	viewers: Pick<Viewers, 'room' | 'roomToWatch'>;
	cuts: Pick<Cuts, 'until'>;
	noteVisit: NoteVisit;
	now: () => Date;
	/** origin of the page: viewers come from it, and to it */
	pageOrigin: string;
}

/** A page of an earlier deployment sends no body. */
const terminalOf = async (call: Call): Promise<TerminalId | undefined> => {
	if (!call.request.headers.has('content-type')) return undefined;
	const { terminal } = await bodyOf(call, TicketRequest);
	return terminal === undefined ? undefined : terminalId(terminal);
};

export const ticketRoutes = ({ commands, tickets, viewers, cuts, noteVisit, now, pageOrigin }: TicketRoutesDeps): Route[] => [
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
		errors: ['not_found', 'not_running', 'too_many_open', 'flooding'],
		answer: async (call) => {
			const { user, id: session, generation, desired } = await commands.get(...whose(call));
			const terminal = await terminalOf(call);
			if (desired.state !== 'running') throw new ShellPodError('not_running', 'The session is stopped. Start it first.');
			await refuseCut(cuts, { session, user, role: 'viewer' }, now());
			if (!(await viewers.room(user, terminal))) throw new ShellPodError('too_many_open', tooManySockets);
			const { signIn } = personOf(call);
			const grant = { user, session, generation, role: 'viewer', origin: pageOrigin, signIn, ...(terminal && { terminal }) } as const;
			const device = deviceOf(call);
			const visit = { kind: 'ticket', generation, signIn, ...(device !== undefined && { device }) } as const;
			const ticket = await tickets.issue(grant);
			await noteVisit(session, visit);
			return json(201, ticket);
		},
	},
];
