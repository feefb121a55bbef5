import type { Epoch } from '@shellpod/protocol/ids.ts';
import { type Clock, pause } from './clock.ts';
import { createConnection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import type { SpawnPty } from './pty.ts';
import type { Dial } from './socket.ts';
import { createTerminals } from './terminals.ts';
import type { TicketAnswer } from './ticket.ts';
import type { Tmux } from './tmux.ts';
import { createUnits } from './units.ts';

/** for tmux clients to be let go; they end with this process anyway */
const farewellMs = 1_000;

/** One run of the agent: terminals behind a connection that is kept up. */
export const createAgent = (deps: {
	clock: Clock;
	random: () => number;
	epoch: Epoch;
	tickets: () => Promise<TicketAnswer>;
	dial: Dial;
	spawn: SpawnPty;
	tmux: Tmux;
	log: (line: string) => void;
}) => {
	const { clock, random, epoch, tickets, dial, spawn, tmux, log } = deps;
	const terminals = createTerminals({ clock, spawn, tmux, epoch, log, send: (to, payload) => connection.send(to, payload) });
	const units = createUnits(dial);
	const connection = createConnection({
		clock,
		random,
		tickets,
		dial: units.dial,
		log,
		receive: terminals.receive,
		unusedMs: terminals.unusedMs,
		relayed: () => ({ run: epoch, units: units.read() }),
	});
	return {
		/** Resolves with the exit code, when it is told to end by us or by the control plane. */
		async run(): Promise<number> {
			void tmux.ensure().then((trouble) => trouble && log(`tmux: ${trouble}`));
			const end = await connection.run();
			await Promise.race([terminals.close(), pause(clock, farewellMs)]);
			return end === 'unwanted' ? exitCodes.unwanted : exitCodes.ended;
		},
		/** [E3] */
		stop: (): void => connection.close(),
	};
};
