/** S6, S7, S8 and S16: who is let in, and whose bytes reach whom. */
import { decodeArrival } from '@shellpod/protocol/frame.ts';
import type { AgentTicket } from '@shellpod/protocol/http.ts';
import { ticketMs } from '@shellpod/protocol/limits.ts';
import { decodeWatch } from '@shellpod/protocol/watch.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Dialled, GatewayWatch } from '../world/gateway.ts';
import { pageOrigin } from '../world/names.ts';
import type { Records } from './records.ts';

export interface AccessWatch extends Omit<GatewayWatch, 'sent'> {
	/** A task was given a ticket that it asked for at `since`. */
	given(userArn: string, ticket: AgentTicket, since: number): void;
	/** A ticket was stored; by its hash's place in the table nobody knows it, so the story tells. */
	issued(protocols: readonly string[]): void;
}

/** s that a task's or page's word takes to the function and back, with every retry */
const underWay = 60_000;

interface Known {
	dialled: Dialled;
	user: string;
	session: string;
	generation: number;
	role: string;
	sender: string;
}

/** `startedBy`: whose a task is, by its id. */
export const createAccessWatch = (kernel: Kernel, records: Records, startedBy: (task: string) => string | undefined): AccessWatch => {
	const used = new Set<string>();
	const issuedAt = new Map<string, number>();
	const connections = new Map<string, Known>();
	const senders = new Map<string, Known>();

	/** `shellpod/<session>/<generation>` */
	/** `arn`: its own, or the one that it signs with; both end with its id */
	const ofTask = (arn: string): { session: string; generation: number } => {
		const [, session = '', generation = ''] = startedBy(arn.slice(arn.lastIndexOf('/') + 1))?.split('/') ?? [];
		return { session, generation: Number(generation) };
	};

	return {
		given: (userArn, ticket, since) => {
			const { session, generation } = ofTask(userArn);
			if (ticket.session !== session || ticket.generation !== generation)
				kernel.violated('S6', `the task of ${session}/${generation} got a ticket of ${ticket.session}/${ticket.generation}`);
			if (!records.wanted(session, generation, since)) kernel.violated('S6', `a task of ${session}/${generation} got a ticket, and was not wanted`);
			issuedAt.set(ticket.protocols.join(), kernel.now());
		},

		issued: (protocols) => void issuedAt.set(protocols.join(), kernel.now()),

		accepted: (id, dialled, context) => {
			const ticket = dialled.protocols.join();
			if (used.has(ticket)) kernel.violated('S8', `${dialled.life.name} came in with a ticket that was used before`);
			used.add(ticket);
			// It was burnt before it was let in; the upgrade takes as long as it takes.
			const issued = issuedAt.get(ticket);
			if (issued === undefined) kernel.violated('S8', `${dialled.life.name} came in with a ticket that nobody gave`);
			else if (kernel.now() - issued > ticketMs + underWay) kernel.violated('S8', `${dialled.life.name} came in with a ticket that had ended`);
			const { user = '', session = '', generation = '', role = '', sender = '' } = context;
			const known: Known = { dialled, user, session, generation: Number(generation), role, sender };
			connections.set(id, known);
			senders.set(sender, known);
			const { owner } = dialled;
			// A ticket that is stolen before its page uses it lets in whoever says the right origin: it is a bearer's.
			if (owner === 'thief') {
				if (dialled.origin !== pageOrigin) kernel.violated('S8', `a thief came in from ${dialled.origin}`);
			} else if ('watcher' in owner) {
				if (role !== 'watcher' || user !== owner.watcher) kernel.violated('S7', `${dialled.life.name} came in as ${role} of ${user}`);
				if (dialled.origin !== pageOrigin) kernel.violated('S8', `${dialled.life.name} came in from ${dialled.origin}`);
			} else if ('task' in owner) {
				const own = ofTask(owner.task);
				if (role !== 'agent' || session !== own.session || known.generation !== own.generation)
					kernel.violated('S7', `${dialled.life.name} came in as ${role} of ${session}/${generation}`);
			} else {
				if (role !== 'viewer' || user !== owner.user || session !== owner.session)
					kernel.violated('S7', `${dialled.life.name} came in as ${role} of ${user} ${session}`);
				if (dialled.origin !== pageOrigin) kernel.violated('S8', `${dialled.life.name} came in from ${dialled.origin}`);
			}
		},

		arrived: (id, dialled, text) => {
			const self = connections.get(id);
			if (!self) return;
			if (self.role === 'watcher') {
				const message = decodeWatch(text);
				const told = message?.told === 'session' ? records.ownerOf(message.session.id) : self.user;
				if (told !== self.user) kernel.violated('S7', `${dialled.life.name} was told of a session of ${told}`);
				return;
			}
			const arrival = decodeArrival(text);
			if (arrival.kind === 'frame') {
				const from = senders.get(arrival.sender);
				if (!from || from.session !== self.session || from.user !== self.user)
					kernel.violated('S7', `${dialled.life.name} got bytes of ${from?.user} ${from?.session}`);
				else if (from.generation !== self.generation) kernel.violated('S16', `${dialled.life.name} got bytes of generation ${from.generation}`);
				else if (from.role === self.role) kernel.violated('S7', `${dialled.life.name} got bytes of another ${from.role}`);
			} else if (arrival.kind === 'control' && arrival.message.type === 'welcome' && self.role === 'agent') {
				if (!records.wanted(self.session, self.generation, kernel.now() - underWay))
					kernel.violated('S6', `the agent of ${self.session}/${self.generation} is welcome, and was not wanted`);
			}
		},
	};
};
