/** What an upgrade request says of who is coming. API Gateway keeps the letter case that the client chose, and may split or repeat headers. */
import { offeredTicket } from '@shellpod/protocol/version.ts';

export interface UpgradeHeaders {
	headers?: Readonly<Record<string, string | undefined>> | null;
	multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
}

/** Every value of a header, in both forms of the event. */
const valuesOf = ({ headers, multiValueHeaders }: UpgradeHeaders, name: string): string[] => {
	const found = [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})].filter(([header]) => header.toLowerCase() === name);
	return found.flatMap(([, value]) => value ?? []);
};

/** `origin` only when all values agree: of two origins neither is believed. */
export const readHandshake = (request: UpgradeHeaders): { ticket: string | undefined; origin: string | undefined } => {
	const origins = new Set(valuesOf(request, 'origin'));
	const [origin] = origins;
	return { ticket: offeredTicket(valuesOf(request, 'sec-websocket-protocol').join(',')), origin: origins.size === 1 ? origin : undefined };
};
