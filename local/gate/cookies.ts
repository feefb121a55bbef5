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

/** Takes cookies whose name begins with the prefix out of a request, so that nobody behind the gate sees them. */
export const stripCookies = (request: IncomingMessage, prefix: string): void => {
	const header = request.headers.cookie;
	if (header === undefined) return;
	const kept = parts(header).filter((part) => !part.startsWith(prefix));
	if (kept.length) request.headers.cookie = kept.join('; ');
	else delete request.headers.cookie;
};
