/** A client of the contract's WebSocket APIs. */
import WebSocket from 'ws';

export interface VisitOptions {
	/** of the query, in which the functions are told what to do */
	query?: Readonly<Record<string, string>>;
	protocols?: readonly string[];
}

export interface Visitor {
	/** `open`, the status of the answer, or `failed` when the client itself refused */
	outcome: 'open' | 'failed' | number;
	/** ms from the request to that */
	took: number;
	/** that was agreed on */
	protocol: string;
	socket: WebSocket;
	/** The next message that has not been taken yet. */
	next(seconds?: number): Promise<string>;
	/** all that has come */
	heard: string[];
	/** The code of the close. */
	closed(seconds?: number): Promise<number>;
	end(): void;
}

const late = <T>(what: string, seconds: number, work: Promise<T>): Promise<T> => {
	let timer: NodeJS.Timeout | undefined;
	const end = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no ${what} within ${seconds} s`)), seconds * 1_000);
	});
	return Promise.race([work, end]).finally(() => clearTimeout(timer));
};

/** s: a function's first start and the way */
const usual = 15;

export const visit = async (address: string, { query = {}, protocols = [] }: VisitOptions = {}): Promise<Visitor> => {
	const url = new URL(address);
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	const begun = performance.now();
	const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false, handshakeTimeout: 40_000 });
	const heard: string[] = [];
	const waiting: ((text: string) => void)[] = [];
	let taken = 0;
	socket.on('message', (data: Buffer) => {
		heard.push(data.toString());
		const next = waiting.shift();
		if (next) next(heard[taken++] ?? '');
	});
	const end = new Promise<number>((resolve) => socket.once('close', resolve));
	const outcome = await new Promise<Visitor['outcome']>((resolve) => {
		socket.once('open', () => resolve('open'));
		socket.once('unexpected-response', (request, response) => {
			resolve(response.statusCode ?? 0);
			request.destroy();
		});
		socket.on('error', () => resolve('failed'));
	});
	return {
		outcome,
		took: performance.now() - begun,
		protocol: socket.protocol,
		socket,
		heard,
		next: (seconds = usual) =>
			late('message', seconds, taken < heard.length ? Promise.resolve(heard[taken++] ?? '') : new Promise((done) => waiting.push(done))),
		closed: (seconds = usual) => late('close', seconds, end),
		end: () => socket.terminate(),
	};
};
