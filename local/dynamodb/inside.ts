/**
 * Runs in a network of its own, which nothing else on this machine can reach: the tables' process asks nobody for credentials.
 * Starts it there and hands connections to it to the process that started us.
 *   inside.ts <binary> <database file>
 */
import { execFileSync, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';

/** What the parent is told: first the pid, then the answer to each request, with the socket if there is one. */
export type FromInside = { pid: number } | { id: number; error?: string };
/** The parent wants a connection. */
export interface ToInside {
	id: number;
}

const port = 8000;
const [, , binary = '', file = ''] = process.argv;

const tell = (message: FromInside, socket?: Socket): void => {
	process.send?.(message, socket, {}, () => {});
};

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const tables = spawn('setpriv', ['--pdeathsig', 'KILL', binary, '--port', String(port), '--db-path', file], {
	stdio: ['ignore', 'inherit', 'inherit'],
});
tables.once('error', (error) => {
	console.error(error.message);
	process.exit(1);
});
tables.once('exit', (code) => process.exit(code ?? 1));
tell({ pid: tables.pid ?? 0 });

process.on('message', ({ id }: ToInside) => {
	const socket = connect({ port, host: '127.0.0.1', noDelay: true });
	socket.once('connect', () => tell({ id }, socket));
	socket.once('error', (error) => tell({ id, error: error.message }));
});
process.on('SIGTERM', () => tables.kill('SIGTERM'));
process.once('disconnect', () => tables.kill('SIGTERM'));
