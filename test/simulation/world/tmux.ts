/**
 * tmux as far as the agent's stream needs it: clients with terminals that hold 4 KB each and are asked what they are, a loop that reads one such
 * piece of each client in a turn, one program that hears what is typed and prints. Its screen is the end of all that was printed.
 */
import { Buffer } from 'node:buffer';
import type { SpawnPty } from '@shellpod/task-image/agent/pty.ts';
import type { Run } from '@shellpod/task-image/agent/tmux.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Life } from '../kernel/life.ts';
import type { Faults } from './faults.ts';
import { createReading, questions } from './questions.ts';

interface Client {
	name: string;
	/** typed, and not read by tmux yet */
	inbox: Uint8Array;
	read(bytes: Uint8Array): Uint8Array;
	/** it has attached: before that it draws nothing */
	begun: boolean;
	/** what its terminal has room for */
	paused: boolean;
	/** it missed some of what was printed, and is drawn anew when it reads again */
	behind: boolean;
	/** bytes that it ever missed */
	skipped: number;
	data(text: string): void;
	exit(): void;
}

export interface Tmux {
	readonly spawn: SpawnPty;
	/** that have ever attached */
	readonly clients: number;
	readonly run: Run;
	/** The program prints. */
	print(text: string): void;
	/** what the screen shows */
	screen(): string;
	/** Whether this is a piece of what was ever printed, the newest first. */
	hasPrinted(piece: string): boolean;
	/** bytes that its clients wrote and it has not read */
	unread(): number;
	/** The agent's process has ended. Gives what its clients wrote and tmux has not read: it is gone with their terminals. */
	hangUp(): Uint8Array;
	/** Its server is killed, and with it its clients, the program and the screen. Gives what clients wrote and it has not read. */
	kill(): Uint8Array;
}

/** bytes that a terminal holds, and that tmux reads of it in one turn */
const room = 4_096;
/** characters of the screen */
const kept = 300;
/** what a redraw begins with: a page that shows one twice, or half of one, shows it */
export const redraw = '\x1b[H\x1b[2J';

export interface TmuxOptions {
	kernel: Kernel;
	faults: Faults;
	/** of the container */
	life: Life;
	/** The program hears what was typed. */
	typed(bytes: Uint8Array): void;
	/** It does nothing for so many ms. */
	stalled(ms: number): void;
}

export const createTmux = ({ kernel, faults, life, typed, stalled }: TmuxOptions): Tmux => {
	const chance = kernel.random('tmux');
	const clients = new Set<Client>();
	/** its server is there */
	let serving = true;
	let attached = 0;
	let printed = '';
	let history = Buffer.alloc(1 << 14);
	let ever = 0;
	let turning = false;
	const turns: (() => void)[] = [];

	const screen = (): string => printed.slice(-kept);
	const remember = (text: string): void => {
		while (ever + text.length > history.length) history = Buffer.concat([history, Buffer.alloc(history.length)]);
		ever += history.write(text, ever, 'latin1');
	};

	const turn = (): void => {
		turning = false;
		for (const client of [...clients]) {
			if (client.inbox.length === 0) continue;
			const read = client.inbox.slice(0, room);
			client.inbox = client.inbox.slice(room);
			typed(client.read(read));
		}
		for (const done of turns.splice(0)) done();
		if ([...clients].some(({ inbox }) => inbox.length > 0)) goRound();
	};
	const goRound = (): void => {
		if (turning) return;
		turning = true;
		const stall = faults.happens('tmux-stalls') ? faults.spread('tmux-stalls', 100, 5_000) : undefined;
		if (stall !== undefined) stalled(stall);
		life.after(stall ?? chance.between(0.2, 8), turn);
	};

	const draw = (client: Client): void => {
		client.behind = false;
		client.data(redraw + screen());
	};
	/** What a client begins with comes in two reads now and then. */
	const begin = (client: Client): void => {
		const first = questions + redraw + screen();
		const cut = chance.next() < 0.5 ? first.length : Math.floor(chance.between(1, first.length));
		client.begun = true;
		client.data(first.slice(0, cut));
		if (cut < first.length) client.data(first.slice(cut));
	};

	const spawn: SpawnPty = (_argv, _environment, _cwd, _size, events) => {
		const client: Client = {
			name: `/dev/pts/${attached}`,
			inbox: new Uint8Array(),
			read: createReading(),
			begun: false,
			paused: false,
			behind: false,
			skipped: 0,
			data: (text) => events.data(Buffer.from(text)),
			exit: () => events.exit(0),
		};
		clients.add(client);
		// `new-session -A`
		serving = true;
		attached += 1;
		life.after(chance.between(1, 40), () => clients.has(client) && begin(client));
		return {
			name: client.name,
			write: (bytes) => {
				if (!clients.has(client)) return 0;
				const taken = Math.min(bytes.length, room - client.inbox.length);
				// A terminal may take less than it has room for; what is as short as an answer it takes whole.
				const some = taken > 32 && chance.next() < 0.1 ? Math.ceil(taken / 2) : taken;
				client.inbox = Buffer.concat([client.inbox, bytes.subarray(0, some)]);
				if (some > 0) goRound();
				return some;
			},
			pause: () => {
				client.paused = true;
			},
			resume: () => {
				client.paused = false;
				if (client.behind && clients.has(client)) draw(client);
			},
			resize: () => {
				if (client.begun && clients.has(client) && !client.paused)
					life.after(chance.between(1, 10), () => clients.has(client) && !client.paused && draw(client));
			},
			kill: () => {
				if (!clients.delete(client)) return;
				life.after(chance.between(1, 10), client.exit);
			},
		};
	};

	return {
		spawn,
		get clients() {
			return attached;
		},
		run: async (argv) => {
			await life.sleep(chance.between(1, 10));
			if (argv.includes('new-session')) serving = true;
			if (!serving) return { code: 1, output: 'no server running' };
			if (argv.includes('refresh-client')) {
				const client = [...clients].find(({ name }) => argv.includes(name));
				if (!client) return { code: 1, output: `can't find client` };
				if (client.begun && !client.paused) draw(client);
				return { code: 0, output: String(client.skipped) };
			}
			if (argv.includes('display-message')) {
				await new Promise<void>((done) => {
					turns.push(done);
					goRound();
				});
			}
			return { code: 0, output: '' };
		},
		print: (text) => {
			remember(text);
			printed += text;
			if (printed.length > 100 * kept) printed = printed.slice(-kept);
			for (const client of clients) {
				if (!client.begun) continue;
				if (client.paused) {
					client.behind = true;
					client.skipped += text.length;
				} else client.data(text);
			}
		},
		screen,
		hasPrinted: (piece) => history.subarray(0, ever).lastIndexOf(piece, undefined, 'latin1') >= 0,
		unread: () => [...clients].reduce((sum, { inbox }) => sum + inbox.length, 0),
		hangUp: () => {
			const lost = Buffer.concat([...clients].map(({ inbox, read }) => read(inbox)));
			clients.clear();
			return lost;
		},
		kill: () => {
			const lost = Buffer.concat([...clients].map(({ inbox, read }) => read(inbox)));
			for (const { exit } of clients) life.after(chance.between(1, 10), exit);
			clients.clear();
			serving = false;
			printed = '';
			return lost;
		},
	};
};
