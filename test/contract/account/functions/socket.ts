/** Routes of the contract's WebSocket APIs: say what they saw, and do as they are told. */
import { gatewayOf } from '../../../../functions/deps.ts';
import { connectionId as checked } from '../../../../protocol/ids.ts';
import { record, shortened } from './record.ts';

interface SocketEvent {
	headers?: Record<string, string>;
	queryStringParameters?: Record<string, string>;
	body?: string;
	requestContext: { eventType: string; connectionId: string; authorizer?: Record<string, unknown> };
}

interface Told {
	do?: string;
	ms?: number;
	text?: string;
	many?: number;
}

const gateway = gatewayOf(process.env, process.env.CONTRACT_CONNECTIONS ?? '');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const told = (body: string | undefined): Told => {
	try {
		const value: unknown = JSON.parse(body ?? '');
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
};

const onConnect = async (mark: string, connection: string, { connect: wanted, protocol }: Record<string, string>): Promise<object> => {
	if (wanted === 'refuse') return { statusCode: 409, body: 'no' };
	if (wanted === 'crash') throw new Error('a crash of $connect');
	if (wanted === 'silent') return {};
	if (wanted === 'slow') await pause(1_500);
	if (wanted === 'post') await record(mark, 'posted', { outcome: await gateway.post(checked(connection), 'too early') });
	return { statusCode: 200, ...(protocol !== 'none' && { headers: { 'Sec-WebSocket-Protocol': 'contract.v1' } }) };
};

const onMessage = async (connection: string, { do: wanted, ms = 0, text = '', many = 0 }: Told): Promise<object> => {
	if (wanted === 'throw') throw new Error('a crash of a route');
	if (wanted === 'wait') await pause(ms);
	if (wanted === 'post') await gateway.post(checked(connection), text);
	// all at once: which is first is the gateway's business
	if (wanted === 'burst') await Promise.all(Array.from({ length: many }, (_, at) => gateway.post(checked(connection), String(at))));
	if (wanted === 'who') await gateway.post(checked(connection), connection);
	return { statusCode: 200, body: `returned ${text}` };
};

export const socket = async (event: SocketEvent): Promise<object> => {
	const { requestContext, headers, body, queryStringParameters = {} } = event;
	const { connectionId, eventType, authorizer } = requestContext;
	const mark = queryStringParameters.mark ?? String(authorizer?.mark ?? connectionId);
	// nobody asks for what it saw: only its time is looked at
	if (told(body).do !== 'post') await record(mark, eventType, { requestContext, headers, ...shortened(body) });
	if (eventType === 'CONNECT') return onConnect(mark, connectionId, queryStringParameters);
	if (eventType === 'MESSAGE') return onMessage(connectionId, told(body));
	return { statusCode: 200 };
};
