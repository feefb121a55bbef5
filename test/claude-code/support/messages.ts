/** The Messages API as a client sees it that asks for a stream (https://docs.claude.com/en/api/messages-streaming): answers each prompt as a table says. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `says` ends the turn; `uses` wants a tool, whose result is answered with "Done."; `thinks` says nothing for as long as the request stands. */
export type Reply = { says: string } | { uses: string; input: object } | 'thinks';

interface Block {
	type: string;
	text?: string;
}
interface Asked {
	messages?: { role: string; content: string | Block[] }[];
}

const blocksOf = ({ messages = [] }: Asked): Block[] =>
	messages.flatMap(({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content));

const send = (response: ServerResponse, event: { type: string }): void =>
	void response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

const stream = (response: ServerResponse, reply: Exclude<Reply, 'thinks'>): void => {
	const [block, delta] =
		'says' in reply
			? [
					{ type: 'text', text: '' },
					{ type: 'text_delta', text: reply.says },
				]
			: [
					{ type: 'tool_use', id: `toolu_${Math.random().toString(36).slice(2)}`, name: reply.uses, input: {} },
					{ type: 'input_json_delta', partial_json: JSON.stringify(reply.input) },
				];
	const parts = [
		{ type: 'content_block_start', index: 0, content_block: block },
		{ type: 'content_block_delta', index: 0, delta },
		{ type: 'content_block_stop', index: 0 },
		{ type: 'message_delta', delta: { stop_reason: 'says' in reply ? 'end_turn' : 'tool_use', stop_sequence: null }, usage: { output_tokens: 5 } },
		{ type: 'message_stop' },
	];
	for (const part of parts) send(response, part);
	response.end();
};

/** `replies`: by the prompt, whole; what isn't in it is answered with "Done.". */
export const createMessages = async (replies: Readonly<Record<string, Reply>>) => {
	/** bodies of the requests */
	const asked: string[] = [];
	const server = createServer(async (request, response) => {
		request.setEncoding('utf8');
		let body = '';
		for await (const part of request) body += part;
		if (!request.url?.startsWith('/v1/messages')) return response.writeHead(404).end('{}');
		asked.push(body);
		const blocks = blocksOf(JSON.parse(body));
		const prompts = blocks.slice(blocks.findLastIndex(({ type }) => type === 'tool_result') + 1).map(({ text = '' }) => text.trim());
		const prompt = prompts.findLast((text) => Object.hasOwn(replies, text));
		const reply = (prompt !== undefined && replies[prompt]) || { says: 'Done.' };
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const usage = { input_tokens: 10, output_tokens: 1 };
		const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'some', content: [], stop_reason: null, stop_sequence: null, usage };
		send(response, { type: 'message_start', message } as { type: string });
		return reply === 'thinks' ? response : stream(response, reply);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		close: (): void => {
			server.close();
			server.closeAllConnections();
		},
	};
};
