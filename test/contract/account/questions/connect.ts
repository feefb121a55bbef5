/** A: how a connection begins. */
import { exactly, type Question, question, seen } from '../question.ts';
import type { Sight, Target } from '../target.ts';
import { type VisitOptions, type Visitor, visit } from '../visitor.ts';

const kinds = (all: readonly Sight[]): string => all.map(({ kind }) => kind).join(' ') || 'nothing';

/** Comes with a mark and goes; tells how it was received and what the functions saw. */
const come = async (
	target: Target,
	query: Record<string, string>,
	more: VisitOptions = {},
): Promise<{ visitor: Visitor; sights: Sight[]; mark: string }> => {
	const mark = target.mark();
	const visitor = await visit(target.outputs.PlainSocket, { query: { mark, ...query }, ...more });
	visitor.end();
	const sights = await target.sights(mark, (all) => all.some(({ kind }) => kind === (visitor.outcome === 'open' ? 'CONNECT' : 'authorizer')));
	return { visitor, sights, mark };
};

/** The outcome of an upgrade for which the authorizer was told something. */
const refused = (id: string, asks: string, query: Record<string, string>, fits: (outcome: Visitor['outcome']) => boolean): Question =>
	question(id, asks, async (target) => {
		const { visitor, sights } = await come(target, query);
		return seen(fits(visitor.outcome) && !sights.some(({ kind }) => kind === 'CONNECT'), `${visitor.outcome}; ran: ${kinds(sights)}`);
	});

export const connect: readonly Question[] = [
	question('A5a', '$connect that answers after 1.5 s', async (target) => {
		const { visitor } = await come(target, { connect: 'slow' });
		return seen(visitor.outcome === 'open' && visitor.took >= 1_500, `${visitor.outcome} after ${Math.round(visitor.took)} ms`);
	}),
	question('A5b', '$connect that answers 409', async (target) => exactly((await come(target, { connect: 'refuse' })).visitor.outcome, 409)),
	question('A5c', '$connect that crashes, and one that says no status', async (target) => {
		const crash = (await come(target, { connect: 'crash' })).visitor.outcome;
		const silent = (await come(target, { connect: 'silent' })).visitor.outcome;
		return seen(
			[crash, silent].every((one) => one === 502 || one === 500),
			`crash: ${crash}, no status: ${silent}`,
		);
	}),
	question('A5d', 'an API without $connect', async ({ outputs }) => {
		const visitor = await visit(outputs.BareSocket);
		visitor.end();
		return exactly(visitor.outcome, 'open');
	}),
	question('A6', 'a post from inside $connect to its own connection', async (target) => {
		const mark = target.mark();
		const visitor = await visit(target.outputs.PlainSocket, { query: { mark, connect: 'post' } });
		visitor.end();
		const [posted] = (await target.sights(mark, (all) => all.some(({ kind }) => kind === 'posted'))).filter(({ kind }) => kind === 'posted');
		return exactly(posted?.seen.outcome, 'gone');
	}),
	question('A7a', 'an upgrade without the part of the query that the authorizer wants', async (target) => {
		const mark = target.mark();
		const without = await visit(target.outputs.GuardedSocket, { query: { mark } });
		const other = target.mark();
		const having = await visit(target.outputs.GuardedSocket, { query: { mark: other, ticket: 'x' } });
		for (const visitor of [without, having]) visitor.end();
		await target.sights(other, (all) => all.length > 0);
		const asked = await target.sights(mark, () => true);
		return seen(
			without.outcome === 401 && having.outcome === 'open' && asked.length === 0,
			`${without.outcome}, ran: ${kinds(asked)}; with it ${having.outcome}`,
		);
	}),
	refused('A7b', 'an authorizer that denies', { authorizer: 'deny' }, (outcome) => outcome === 403),
	question('A7c', 'an authorizer that throws Unauthorized, and one that throws something else', async (target) => {
		const unauthorized = (await come(target, { authorizer: 'unauthorized' })).visitor.outcome;
		const crash = (await come(target, { authorizer: 'crash' })).visitor.outcome;
		return seen(unauthorized === 401 && typeof crash === 'number' && crash >= 400, `Unauthorized: ${unauthorized}, something else: ${crash}`);
	}),
	refused('A7d', 'an authorizer that answers 9,000 bytes', { authorizer: 'big' }, (outcome) => typeof outcome === 'number' && outcome >= 400),
	refused('A7e', 'an authorizer whose policy is for another ARN', { authorizer: 'elsewhere' }, (outcome) => outcome === 403),
	question('A9a', 'a subprotocol that $connect returns', async (target) => {
		const { visitor } = await come(target, {}, { protocols: ['contract.v1', 'ticket.x'] });
		return seen(visitor.protocol === 'contract.v1', `${visitor.outcome}, subprotocol ${visitor.protocol || 'none'}`);
	}),
	question('A9b', 'a subprotocol that is offered and not returned', async (target) => {
		const { visitor } = await come(target, { protocol: 'none' }, { protocols: ['contract.v1'] });
		return exactly(visitor.outcome, 'failed');
	}),
	question('A14a', 'the event of $connect', async (target) => {
		const { sights } = await come(target, {}, { protocols: ['contract.v1'] });
		const [event] = sights.filter(({ kind }) => kind === 'CONNECT');
		const headers = (event?.seen.headers ?? {}) as Record<string, string>;
		const context = (event?.seen.requestContext ?? {}) as Record<string, unknown>;
		const name = Object.keys(headers).find((one) => one.toLowerCase() === 'sec-websocket-protocol');
		return seen(name === 'Sec-WebSocket-Protocol' && !('messageId' in context), {
			name,
			messageId: context.messageId ?? null,
			routeKey: context.routeKey,
		});
	}),
];
