import { connect } from 'node:net';
import { Answer, type Request } from '../agent/senses/requests.ts';

/** ms */
const patience = 5_000;

/** Asks the agent. Rejects with an Error whose message is for people. */
export const askAgent = (path: string, request: Request): Promise<Answer> =>
	new Promise((resolve, reject) => {
		let heard = '';
		const socket = connect(path);
		const fail = (): void => {
			socket.destroy();
			reject(new Error("the session's agent doesn't answer; it is started again by itself: try once more in a few seconds"));
		};
		socket.setEncoding('utf8');
		socket.setTimeout(patience, fail);
		socket.on('error', fail);
		socket.on('data', (text: string) => {
			heard += text;
		});
		socket.on('end', () => {
			try {
				resolve(Answer.parse(JSON.parse(heard)));
			} catch {
				fail();
			}
		});
		socket.write(`${JSON.stringify(request)}\n`);
	});
