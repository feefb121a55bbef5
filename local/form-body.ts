/** The body of a small form. */
import type { IncomingMessage } from 'node:http';

const maxBytes = 16 * 1024;

/** undefined: it is too large, and was not read to its end */
export const readForm = async (request: IncomingMessage): Promise<URLSearchParams | undefined> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBytes) return undefined;
		chunks.push(chunk);
	}
	return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
};
