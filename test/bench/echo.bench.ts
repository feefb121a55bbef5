/** Key to echo: through page's WebSocket, gateway, relay function, agent, tmux and back; against the same tmux behind a bare WebSocket. */
import { WebSocket } from 'ws';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { openViewer } from '../support/viewer.ts';
import { startBareTerminal } from './bare-terminal.ts';
import { type Bench, rowOf } from './row.ts';

const columns = 120;
const rows = 40;
const warmUps = 50;
const samples = 1_000;

interface Line {
	type(text: string): void;
	/** Resolves when the output since the call contains the text. */
	shows(text: string): Promise<void>;
}

const bareLine = async (url: string): Promise<Line & { close(): void }> => {
	const socket = new WebSocket(url, { perMessageDeflate: false });
	await new Promise((resolve, reject) => {
		socket.once('open', resolve);
		socket.once('error', reject);
	});
	return {
		type: (text) => socket.send(text),
		shows: (text) =>
			new Promise((resolve) => {
				let seen = '';
				const listener = (data: WebSocket.RawData): void => {
					seen += data.toString();
					if (!seen.includes(text)) return;
					socket.off('message', listener);
					resolve();
				};
				socket.on('message', listener);
			}),
		close: () => socket.terminate(),
	};
};

const keys = 'abcdefghijklmnopqrstuvwxyz';

/** ms from one key to its echo; the line is cleared before it fills the screen's width. */
const keyToEcho = async (line: Line, index: number): Promise<number> => {
	const key = keys[index % keys.length] as string;
	const echoed = line.shows(key);
	const begun = performance.now();
	line.type(key);
	await echoed;
	const taken = performance.now() - begun;
	if (index % keys.length === keys.length - 1) {
		const cleared = line.shows('\n');
		line.type('\r');
		await cleared;
	}
	return taken;
};

const ready = async (line: Line): Promise<void> => {
	// `cat` echoes by the terminal itself: what is measured is the way, not a shell's line editor.
	const begun = line.shows('begin-2');
	line.type('clear; echo begin-$((1+1)); exec cat >/dev/null\r');
	await begun;
};

export const run: Bench = async () => {
	const stack = await startStack();
	const bareTerminal = await startBareTerminal(columns, rows);
	try {
		const user = await signInByHttp(stack, 'bench');
		const { id } = await user.createSession('bench');
		await user.reaches(id, 'Running');
		const viewer = await openViewer(await user.ticket(id), { cookie: user.cookie(), origin: stack.origin }, columns, rows);
		const bare = await bareLine(bareTerminal.url);
		await ready(viewer);
		await ready(bare);
		const through: number[] = [];
		const direct: number[] = [];
		// In turn, so that whatever else the machine does meets both.
		for (let index = 0; index < warmUps + samples; index++) {
			const [a, b] = [await keyToEcho(viewer, index), await keyToEcho(bare, index)];
			if (index < warmUps) continue;
			through.push(a);
			direct.push(b);
		}
		viewer.close();
		bare.close();
		return [
			rowOf('key to echo, bare WebSocket', 'ms', direct),
			rowOf('key to echo, whole stack', 'ms', through, { against: 'key to echo, bare WebSocket' }),
		];
	} finally {
		bareTerminal.close();
		await stack.dispose();
	}
};
