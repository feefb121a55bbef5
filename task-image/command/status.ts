import { duration, sentenceOf } from '@shellpod/protocol/sentences.ts';
import type { Status } from '../agent/senses/requests.ts';

/** `time`: as this machine writes the time of day */
const time = (iso: string): string => `${iso.slice(11, 16)} UTC`;

/** The status as people read it; the first line is what the dashboard says. */
export const statusLines = ({ connected, told, doing, holds }: Status): string[] => {
	const sentence = told && sentenceOf({ state: 'Running', idle: told.idle }, { now: Date.parse(told.now) + told.agoMs, time });
	const lines = [sentence ?? 'Running. The control plane has not been heard yet.'];
	if (!connected) lines.push('Not connected to the control plane just now; it tries by itself.');
	for (const { id, reason, leftMs } of holds) lines.push(`hold ${id}: ${reason === '' ? 'no reason given' : reason}, ${duration(leftMs)} left`);
	for (const { kind, name, sinceMs } of doing) {
		if (kind === 'hold') continue;
		const what = kind === 'turn' ? 'Claude works' : kind === 'permission' ? 'Claude waits for your answer' : `${kind} ${name}`;
		lines.push(`${what}, for ${duration(sinceMs)}`);
	}
	return lines;
};
