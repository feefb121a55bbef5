/** The functions of the contract stack, in one bundle. */
import { record } from './record.ts';

export { authorizer } from './authorizer.ts';
export { scratch } from './scratch.ts';
export { socket } from './socket.ts';

interface SignedEvent {
	body?: string;
	requestContext: { authorizer?: unknown };
}

/** What the task of the contract stack tells; its caller is who signed. */
export const told = async ({ body = '{}', requestContext }: SignedEvent): Promise<object> => {
	const { mark, kind, ...said } = JSON.parse(body) as { mark: string; kind: string };
	await record(mark, kind, { ...said, authorizer: requestContext.authorizer });
	return { statusCode: 200, body: '{}' };
};

/** What ECS tells of tasks. */
export const taskChanged = async (event: { time: string; detail: { startedBy?: string } }): Promise<void> => {
	await record(event.detail.startedBy ?? 'nobody', 'task', { time: event.time, ...event.detail });
};

/** Never runs: nothing may run it. */
export const blocked = async (): Promise<object> => ({ statusCode: 200, body: 'it ran' });
