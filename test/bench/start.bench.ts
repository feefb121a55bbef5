/** Start to first prompt: a stopped session's Start until a viewer sees the shell's prompt; against a new tmux with a shell on this machine. */
import { WebSocket } from 'ws';
import { startStack } from '../support/stack.ts';
import { signInByHttp } from '../support/user.ts';
import { openViewer } from '../support/viewer.ts';
import { startBareTerminal } from './bare-terminal.ts';
import { type Bench, rowOf } from './row.ts';

const samples = 7;
/** ms, by the issue: Start brings the session back within 10 s on one machine */
const bound = 10_000;
/** ms, by the contract of `npm start`: Ctrl-C ends the whole within 30 s */
const shutdownBound = 30_000;
const prompt = /[$#] /;

const firstPrompt = (listen: (take: (text: string) => void) => void): Promise<void> =>
	new Promise((resolve) => {
		let seen = '';
		listen((text) => {
			seen += text;
			if (prompt.test(seen)) resolve();
		});
	});

const bareStart = async (): Promise<number> => {
	const terminal = await startBareTerminal(120, 40);
	const begun = performance.now();
	const socket = new WebSocket(terminal.url);
	await firstPrompt((take) => socket.on('message', (data) => take(data.toString())));
	const taken = performance.now() - begun;
	socket.terminate();
	terminal.close();
	return taken;
};

export const run: Bench = async () => {
	const stack = await startStack();
	try {
		const user = await signInByHttp(stack, 'bench');
		const { id } = await user.createSession('bench');
		await user.reaches(id, 'Running');
		const started: number[] = [];
		const stopped: number[] = [];
		const bare: number[] = [];
		for (let index = 0; index < samples; index++) {
			const stopping = performance.now();
			await user.api('POST', `/api/sessions/${id}/stop`);
			await user.reaches(id, 'Stopped');
			stopped.push(performance.now() - stopping);
			const begun = performance.now();
			await user.api('POST', `/api/sessions/${id}/start`);
			await user.reaches(id, 'Running');
			const viewer = await openViewer(await user.ticket(id), { cookie: user.cookie(), origin: stack.origin }, 120, 40);
			const decoder = new TextDecoder();
			await firstPrompt((take) => viewer.onOutput((bytes) => take(decoder.decode(bytes, { stream: true }))));
			started.push(performance.now() - begun);
			viewer.close();
			bare.push(await bareStart());
		}
		const { ms } = await stack.interrupt();
		return [
			rowOf('tmux and shell to first prompt', 'ms', bare),
			rowOf('Start to first prompt', 'ms', started, { against: 'tmux and shell to first prompt', bound }),
			rowOf('Stop to Stopped', 'ms', stopped),
			{ name: 'Ctrl-C to the end, one session running', unit: 'ms', median: ms, samples: 1, bound: shutdownBound },
		];
	} finally {
		await stack.dispose();
	}
};
