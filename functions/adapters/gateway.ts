/** @connections of the WebSocket API. */
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import type { Log } from '../ports.ts';
import type { Closed, Gateway, Sent } from '../relay-ports.ts';
import type { SignedFetch } from '../signed-fetch.ts';

const outcomes: Readonly<Record<number, Sent>> = { 200: 'sent', 410: 'gone', 429: 'busy' };
const closings: Readonly<Record<number, Closed>> = { 200: 'closed', 204: 'closed', 410: 'gone' };

/** `endpoint`: base of @connections, stage included, no slash at the end. `fetch` signs for `execute-api`. */
export const createGateway = (deps: { endpoint: string; fetch: SignedFetch; log: Pick<Log, 'warn'> }): Gateway => {
	// Connection ids end in `=`.
	const url = (connection: ConnectionId) => `${deps.endpoint}/@connections/${encodeURIComponent(connection)}`;
	return {
		post: async (connection, text) => {
			const answer = await deps.fetch(url(connection), { method: 'POST', body: text });
			const sent = (answer && outcomes[answer.status]) ?? 'failed';
			// The answer says why (no permission, no such stage); it carries none of the message.
			if (sent === 'failed') deps.log.warn('post failed', { status: answer?.status ?? 'no answer', answer: answer?.text.slice(0, 200) });
			return sent;
		},
		close: async (connection) => {
			const answer = await deps.fetch(url(connection), { method: 'DELETE' });
			const closed = (answer && closings[answer.status]) ?? 'failed';
			if (closed === 'failed') deps.log.warn('close failed', { status: answer?.status ?? 'no answer', answer: answer?.text.slice(0, 200) });
			return closed;
		},
	};
};
