import type { ControlMessage } from '@shellpod/protocol/control.ts';
import { epoch, sessionId, terminalId } from '@shellpod/protocol/ids.ts';
import type { AgentRecord, ViewerRecord } from '@shellpod/protocol/record.ts';
import { idleView } from './idle-view.ts';

const session = sessionId('alicealice22');
const terminal = terminalId('terminalofalice');
const life = epoch('epoch000');
const bytes = new TextEncoder().encode('rm -rf ~\r');
/** One of each kind of record and message. */
export const viewerRecords: { [T in ViewerRecord['type']]: ViewerRecord & { type: T } } = {
	open: { type: 'open', terminal, version: 1, columns: 80, rows: 24 },
	input: { type: 'input', terminal, epoch: life, offset: 0, screen: 1, shown: 0, bytes },
	shown: { type: 'shown', terminal, epoch: life, screen: 1, shown: 9 },
	size: { type: 'size', terminal, columns: 2, rows: 1, reason: 'use', said: { count: 1, screen: 1 } },
	close: { type: 'close', terminal },
	beat: { type: 'beat', terminal, count: 1 },
};
export const agentRecords: { [T in AgentRecord['type']]: AgentRecord & { type: T } } = {
	screen: { type: 'screen', terminal, epoch: life, received: 0, screen: 1, columns: 80, rows: 24 },
	output: { type: 'output', terminal, epoch: life, screen: 1, offset: 0, received: 0, echoed: 0, bytes },
	received: { type: 'received', terminal, epoch: life, received: 9, echoed: 9 },
	end: { type: 'end', terminal, reason: 'exited' },
	beat: { type: 'beat', terminal, count: 1 },
};
export const controlMessages: { [T in ControlMessage['type']]: ControlMessage & { type: T } } = {
	welcome: { type: 'welcome', sender: 'aaaaaaaa', session: session, generation: 1, peers: [] },
	peer: { type: 'peer', generation: 1, peer: { sender: 'aaaaaaaa', tag: 'x', expiresInMs: 1, versions: [1] } },
	gone: { type: 'gone', sender: 'aaaaaaaa' },
	away: { type: 'away', code: 'flooding', message: 'nobody is there', retryAfterMs: 1 },
	idle: { type: 'idle', now: '2026-11-22T08:00:00.000Z', idle: idleView() },
	asked: { type: 'asked', nonce: '1-1' },
	fatal: { type: 'fatal', code: 'not_found', message: 'away with you' },
};
