/** Connections into the network of the tables' process, made by the process inside and handed over as open sockets. */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { FromInside, ToInside } from './inside.ts';

export type Connect = (done: (error: Error | null, socket?: Socket) => void) => void;

export interface Inside {
	connect: Connect;
	/** process id of the tables' process */
	pid(): number;
}

/** @param child `inside.ts`, with an IPC channel */
export const createInside = (child: ChildProcess): Inside => {
	const waiting = new Map<number, Parameters<Connect>[0]>();
	let next = 0;
	let pid = 0;
	const settle = (id: number, error: Error | null, socket?: Socket): void => {
		const done = waiting.get(id);
		waiting.delete(id);
		if (done) done(error, socket);
		else socket?.destroy();
	};
	child.on('message', (message, handle) => {
		const said = message as FromInside;
		if ('pid' in said) pid = said.pid;
		else if (handle) settle(said.id, null, handle as Socket);
		else settle(said.id, new Error(said.error ?? 'no connection'));
	});
	child.once('close', () => {
		for (const id of waiting.keys()) settle(id, new Error('the tables’ process has ended'));
	});
	return {
		pid: () => pid,
		connect(done) {
			const id = next++;
			waiting.set(id, done);
			const message: ToInside = { id };
			if (!child.connected) settle(id, new Error('the tables’ process has ended'));
			else child.send(message, (error) => error && settle(id, error));
		},
	};
};
