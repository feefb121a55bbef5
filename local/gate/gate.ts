/**
 * The gate in front of everything that a browser can reach: who has no key gets one page, whatever was asked.
 * Everybody on this machine, and every web page that a browser on it opens, can reach the port; the key tells the operator from them.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { readForm } from '../form-body.ts';
import { cookieValues, stripCookies } from './cookies.ts';
import { keepKey } from './key.ts';
import { createLock } from './lock.ts';
import { type GateNotice, gatePage, gatePath } from './page.ts';

export interface GateOptions {
	/** absolute path of a folder that exists; the key is kept in it */
	folder: string;
	/** SHELLPOD_KEY */
	key?: string | undefined;
	/** port that browsers come to */
	port: number;
	/** requests that need no key, e.g. a server's own to the sign-in's token endpoint; nothing is open if left out */
	open?: (method: string, path: string) => boolean;
	now: () => number;
}

export interface Gate {
	readonly key: string;
	/** `http://localhost:<port>/#key=<key>` */
	readonly link: string;
	/**
	 * True: the request may go on; its headers carry no cookie of a gate any more. False: it has been answered.
	 * To be called before anything else reads the request.
	 */
	pass(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
	/** The same for an upgrade: true, or the socket has been closed with 401. */
	passUpgrade(request: IncomingMessage, socket: Duplex): boolean;
}

/** Cookies of all gates on this machine begin so: browsers send a host's cookies to all of its ports. */
const cookiePrefix = 'shellpod-key-';
/** seconds; a browser stays known for this long */
const cookieAge = 365 * 24 * 3600;
/** seconds in which the answer to a redirect to itself arrives */
const hopAge = 2;

export const createGate = ({ folder, key: given, port, open = () => false, now }: GateOptions): Gate => {
	const key = keepKey(folder, given);
	const lock = createLock(key);
	const origin = `http://localhost:${port}`;
	const ownHosts = [`localhost:${port}`, ...(port === 80 ? ['localhost'] : [])];
	const numericHosts = [`127.0.0.1:${port}`, `[::1]:${port}`];
	// Two stacks on one machine share the host's cookies: each has a name of its own.
	const id = createHash('sha256').update(`${folder}\n${port}`).digest('hex').slice(0, 8);
	const cookieName = `${cookiePrefix}${id}`;
	const hopName = `${cookiePrefix}${id}-hop`;

	const known = (request: IncomingMessage): boolean => cookieValues(request.headers.cookie, cookieName).some(lock.admits);

	const showGate = (response: ServerResponse, status: number, notice: GateNotice = {}, headers: Record<string, string> = {}): void => {
		const page = gatePage(notice);
		response.writeHead(status, { ...page.headers, ...headers }).end(page.body);
	};

	/** A path of this origin; anything else becomes the first page. */
	const ownPath = (text: string): string => {
		const url = URL.canParse(text, origin) ? new URL(text, origin) : undefined;
		return url?.origin === origin && url.pathname !== gatePath ? url.pathname + url.search : '/';
	};

	const takeKey = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		// Only our own page may try keys: else any web page could make the owner wait by sending wrong ones.
		const from = request.headers.origin;
		if (from !== undefined && from !== origin) return void response.writeHead(403).end();
		const form = await readForm(request);
		if (!form) return void response.writeHead(413, { connection: 'close' }).end();
		const to = ownPath(form.get('to') ?? '/');
		const attempt = lock.attempt((form.get('key') ?? '').trim(), now());
		if (attempt.result === 'right') {
			const cookie = `${cookieName}=${lock.cookie}; Path=/; Max-Age=${cookieAge}; HttpOnly; SameSite=Strict`;
			return void response.writeHead(303, { location: to, 'set-cookie': cookie, 'cache-control': 'no-store' }).end();
		}
		if (attempt.result === 'wrong') return showGate(response, 403, { notice: 'This is not the key.', to });
		const seconds = Math.ceil(attempt.ms / 1000);
		showGate(response, 429, { notice: `Too many wrong keys. Try again in ${seconds} s.`, to }, { 'retry-after': String(seconds) });
	};

	const atGatePath = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
		if (request.method === 'POST') return takeKey(request, response);
		if (!known(request)) return showGate(response, 401);
		if (request.headers.accept?.includes('text/html')) response.writeHead(303, { location: '/' }).end();
		else response.writeHead(204, { 'cache-control': 'no-store' }).end();
	};

	/**
	 * The printed link, opened by a browser that has the cookie already: the server does not see the `#key` in it, the page would.
	 * A redirect with an empty fragment of its own takes it away. Once, as told by a cookie that lasts for a moment.
	 */
	const takesKeyAway = (request: IncomingMessage, response: ServerResponse): boolean => {
		const { 'sec-fetch-dest': dest, 'sec-fetch-site': site, cookie } = request.headers;
		if (request.method !== 'GET' || request.url !== '/' || dest !== 'document' || site === 'same-origin') return false;
		if (cookieValues(cookie, hopName).length) return false;
		const hop = `${hopName}=1; Path=/; Max-Age=${hopAge}; HttpOnly; SameSite=Lax`;
		response.writeHead(302, { location: '/#', 'set-cookie': hop, 'cache-control': 'no-store' }).end();
		return true;
	};

	return {
		key,
		link: `${origin}/#key=${key}`,
		async pass(request, response) {
			const { method = 'GET', url = '/' } = request;
			const host = request.headers.host ?? '';
			const [path = '/'] = url.split('?');
			if (!ownHosts.includes(host)) {
				// A name that leads here by DNS is another site's page reaching for this machine.
				if (numericHosts.includes(host) && (method === 'GET' || method === 'HEAD')) {
					response.writeHead(307, { location: `${origin}${url.startsWith('/') ? url : '/'}`, 'cache-control': 'no-store' }).end();
				} else response.writeHead(421, { 'content-type': 'text/plain' }).end(`This is ${origin}.\n`);
				return false;
			}
			if (path === gatePath) {
				await atGatePath(request, response);
				return false;
			}
			if (!known(request) && !open(method, path)) {
				showGate(response, 401);
				return false;
			}
			if (known(request) && takesKeyAway(request, response)) return false;
			stripCookies(request, cookiePrefix);
			return true;
		},
		passUpgrade(request, socket) {
			if (ownHosts.includes(request.headers.host ?? '') && known(request)) {
				stripCookies(request, cookiePrefix);
				return true;
			}
			socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
			return false;
		},
	};
};
