/** Reading and taking apart the Cookie header. */
import type { IncomingMessage } from 'node:http';

const parts = (header: string): string[] =>
	header
		.split(';')
		.map((part) => part.trim())
		.filter(Boolean);

/** All values that a browser sent under this name; there may be several. */
export const cookieValues = (header: string | undefined, name: string): string[] =>
	parts(header ?? '')
		.filter((part) => part.startsWith(`${name}=`))
		.map((part) => part.slice(name.length + 1));

const without = (header: string, prefix: string): string =>
	parts(header)
		.filter((part) => !part.startsWith(prefix))
		.join('; ');

/** Takes cookies whose name begins with the prefix out of a request, so that nobody behind the gate sees them. */
export const stripCookies = (request: IncomingMessage, prefix: string): void => {
	const { headers, rawHeaders } = request;
	if (headers.cookie === undefined) return;
	const kept = without(headers.cookie, prefix);
	if (kept) headers.cookie = kept;
	else delete headers.cookie;
	for (let at = 0; at < rawHeaders.length; at += 2)
		if (rawHeaders[at]?.toLowerCase() === 'cookie') rawHeaders[at + 1] = without(rawHeaders[at + 1] ?? '', prefix);
};
