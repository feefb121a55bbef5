/** HTTP as the stand-ins hand it to each other, without sockets. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';

export interface WireRequest {
	method: string;
	/** path and query as they came over the wire */
	target: string;
	/** pairs, in order, with the case that the client used */
	headers: readonly (readonly [string, string])[];
	body: Buffer;
	sourceIp: string;
}

export interface WireResponse {
	status: number;
	/** pairs, since set-cookie may come several times */
	headers: readonly (readonly [string, string])[];
	body: Buffer;
	/** instead of `body` */
	stream?: { readonly from: Readable; readonly length: number };
}

/** Thrown by who answers a request: the client gets no answer, its connection ends, and it doesn't learn what was done. */
export class ConnectionCut extends Error {}

export const pathOf = (target: string): string => target.split('?', 1)[0] ?? '/';
/** without the question mark; empty when there is none */
export const queryOf = (target: string): string => (target.includes('?') ? target.slice(target.indexOf('?') + 1) : '');

/** The path with its escapes undone; as it came when they are malformed. */
export const unescapePath = (path: string): string => {
	try {
		return decodeURIComponent(path);
	} catch {
		return path;
	}
};

/** All values of a header, joined by commas, cookies by semicolons; undefined when it isn't there. */
export const headerOf = (headers: WireRequest['headers'], name: string): string | undefined => {
	const values = headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
	return values.length ? values.join(name === 'cookie' ? '; ' : ',') : undefined;
};

/** Lower-case names; a name that comes several times has its values joined. */
export const headerRecord = (headers: WireRequest['headers']): Record<string, string> => {
	const record: Record<string, string> = {};
	for (const [name, value] of headers) {
		const lower = name.toLowerCase();
		record[lower] = lower in record ? `${record[lower]}${lower === 'cookie' ? '; ' : ','}${value}` : value;
	}
	return record;
};

export const headerPairs = (raw: readonly string[]): [string, string][] =>
	Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);

/** Reads a body; undefined when it is longer than that many bytes. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maxBytes) return undefined;
		chunks.push(chunk);
	}
	return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
};

export const jsonResponse = (status: number, value: unknown, headers: Record<string, string> = {}): WireResponse => ({
	status,
	headers: Object.entries({ 'content-type': 'application/json', ...headers }),
	body: Buffer.from(JSON.stringify(value)),
});

export const writeResponse = (outgoing: ServerResponse, { status, headers, body, stream }: WireResponse, method: string): void => {
	const bodiless = status === 204 || status === 304;
	// what a HEAD would get has a length that its answer's body hasn't
	const stated = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
	const length = method === 'HEAD' && stated !== undefined ? stated : String(stream?.length ?? body.length);
	const others = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
	outgoing.writeHead(status, [...others, ...(bodiless ? [] : [['content-length', length]])].flat());
	if (!stream || bodiless || method === 'HEAD') {
		stream?.from.destroy();
		outgoing.end(bodiless || method === 'HEAD' ? undefined : body);
		return;
	}
	// an error cuts the answer, which its reader sees by the length
	pipeline(stream.from, outgoing, () => {});
};
