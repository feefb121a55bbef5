/** REQUEST authorizer of the WebSocket API's `$connect`: burns the ticket that came as an offered subprotocol. */
import { randomBytes } from 'node:crypto';
import { createCuts } from './adapters/meters.ts';
import { createTicketStore } from './adapters/tickets.ts';
import { readConfig } from './config.ts';
import { contextOf } from './core/callers.ts';
import { readHandshake, type UpgradeHeaders } from './core/handshake.ts';
import { createTickets } from './core/tickets.ts';
import { itemsOf, logOf, now } from './deps.ts';
import { entry } from './entry.ts';

const { table } = readConfig(process.env, ['table']);
const items = itemsOf(process.env, table);
const tickets = createTickets({ store: createTicketStore(items), now, random: randomBytes });
const cuts = createCuts(items);

const answer = (principalId: string, Effect: 'Allow' | 'Deny', Resource: string) => ({
	principalId,
	policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
});

type Answer = ReturnType<typeof answer> & { context?: Record<string, string> };

/** Whatever was wrong, the answer is the same Deny. */
export const handler = entry(logOf('authorizer'), async (event: UpgradeHeaders & { methodArn: string }): Promise<Answer> => {
	const { ticket, origin } = readHandshake(event);
	const caller = ticket === undefined ? undefined : await tickets.redeem(ticket, origin);
	// A ticket that was given before its end was cut off is worth nothing either.
	if (!caller || (caller.role !== 'watcher' && (await cuts.until(caller, now())) !== undefined)) return answer('nobody', 'Deny', event.methodArn);
	return { ...answer(caller.user, 'Allow', event.methodArn), context: contextOf(caller) };
});
