/** @connections over HTTP, as an unmodified client of ApiGatewayManagementApi understands it. */
import type { Verified } from '../sigv4.ts';
import type { WebSocketApi } from '../websocket-api/websocket-api.ts';
import { jsonResponse, pathOf, type WireRequest, type WireResponse } from '../wire.ts';

const errorResponse = (status: number, name: string, message: string): WireResponse =>
	jsonResponse(status, { message }, { 'x-amzn-errortype': name });

const ok: WireResponse = { status: 200, headers: [], body: Buffer.alloc(0) };
const noContent: WireResponse = { status: 204, headers: [], body: Buffer.alloc(0) };

/** `/<stage>/@connections/<id>`, escaped or not */
const pathPattern = /^\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/;

export const manageConnection = async (api: WebSocketApi, request: WireRequest, signature: () => Verified): Promise<WireResponse> => {
	const [, stage, id] = pathPattern.exec(pathOf(request.target)) ?? [];
	if (stage !== api.stage || id === undefined) return errorResponse(403, 'ForbiddenException', 'Forbidden');
	const verified = signature();
	if ('problem' in verified) return errorResponse(403, verified.problem, verified.message);
	const answer = await api.manage(request.method, decodeURIComponent(id), request.body);
	if ('name' in answer) return errorResponse(answer.status, answer.name, answer.message);
	if (answer.status === 204) return noContent;
	return answer.body === undefined ? ok : jsonResponse(200, answer.body);
};
