import type { Epoch } from '@shellpod/protocol/ids.ts';
import { type Clock, pause } from './clock.ts';
import { createConnection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import type { SpawnPty } from './pty.ts';
import { createAnswers } from './senses/answers.ts';
import { createHolds, type Hold } from './senses/holds.ts';
import type { Process } from './senses/processes.ts';
import type { Answer, Request } from './senses/requests.ts';
import { type ClaudeNotes, createSenses } from './senses/senses.ts';
import type { Spool } from './senses/spool.ts';
import type { Dial } from './socket.ts';
import { createTerminals } from './terminals.ts';
import type { TicketAnswer } from './ticket.ts';
import type { Tmux } from './tmux.ts';
import { createUnits } from './units.ts';

/** for tmux clients to be let go; they end with this process anyway */
const farewellMs = 1_000;

/** What of its task an agent looks at. */
export interface Surroundings {
	/** pid of the agent */
	own: number;
	processes: () => Promise<Process[]>;
	spool: Spool;
	claude: ClaudeNotes;
	/** on the task's disk */
	holds: { read(): readonly Hold[]; write(holds: readonly Hold[]): void };
}

/** One run of the agent: terminals behind a connection that is kept up, and senses that say what goes on. */
export const createAgent = (deps: {
	clock: Clock;
	random: () => number;
	epoch: Epoch;
	tickets: () => Promise<TicketAnswer>;
	dial: Dial;
	spawn: SpawnPty;
	tmux: Tmux;
	surroundings: Surroundings;
	log: (line: string) => void;
}) => {
	const { clock, random, epoch, tickets, dial, spawn, tmux, surroundings, log } = deps;
	const holds = createHolds(surroundings.holds.read());
	let inputAt: number | undefined;
	let connected = false;
	const typed = (): void => {
		inputAt = clock.now();
		senses.typed();
	};
	const terminals = createTerminals({ clock, spawn, tmux, epoch, log, typed, send: (to, payload) => connection.send(to, payload) });
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
		heard: (message) => (message.type === 'asked' ? void senses.ask(message.nonce) : answers.heard(message)),
		welcomed: () => void senses.tellAgain(),
	});
	const senses = createSenses({
		...surroundings,
		clock,
		holds,
		log,
		inputAt: () => inputAt,
		send: (message) => {
			connected = connection.say(JSON.stringify(message));
			return connected;
		},
	});
	const answers = createAnswers({ clock, senses, holds, save: surroundings.holds.write, connected: () => connected });
	return {
		/** Resolves with the exit code, when it is told to end by us or by the control plane. */
		async run(): Promise<number> {
			void tmux.ensure().then((trouble) => trouble && log(`tmux: ${trouble}`));
			void senses.start().catch((error: unknown) => log(`activity: ${error instanceof Error ? error.message : String(error)}`));
			const end = await connection.run();
			senses.stop();
			await Promise.race([terminals.close(), pause(clock, farewellMs)]);
			return end === 'unwanted' ? exitCodes.unwanted : exitCodes.ended;
		},
		/** What the `shellpod` command asks. */
		answer: (request: Request): Promise<Answer> => answers.answer(request),
		/** [E3] */
		stop: (): void => connection.close(),
	};
};
