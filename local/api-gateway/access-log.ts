/** The gateway's access log: a line per request, message and connection, without what is in them. Written where sockets are, apart from the meters. */
import { createWriteStream, existsSync, renameSync, statSync } from 'node:fs';

export type AccessLine =
	| { type: 'connect' | 'disconnect'; connection: string }
	| { type: 'message'; connection: string; direction: 'in' | 'out'; bytes: number }
	/** `route`: its key, undefined where nothing matched; never the path, in which a caller may have put anything */
	| { type: 'request'; method: string; route: string | undefined; status: number; bytesIn: number; bytesOut: number };

export interface AccessLog {
	/** Writes the lines of one API; `now` in ms since 1970. */
	of(api: string): (line: AccessLine, now: number) => void;
	/** resolves when all is on disk */
	close(): Promise<void>;
}

/** bytes at which a start begins a new file */
const maxBytes = 20 * 1024 * 1024;

/** @param file absolute path; one JSON object a line */
export const createAccessLog = (file: string, log: (line: string) => void): AccessLog => {
	if (existsSync(file) && statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
	const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
	stream.once('error', (error) => log(`the gateway's access log ends: ${error.message}`));
	return {
		of: (api) => (line, now) => void stream.write(`${JSON.stringify({ time: new Date(now).toISOString(), api, ...line })}\n`),
		close: () => new Promise((done) => stream.end(done)),
	};
};
