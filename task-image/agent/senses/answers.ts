/** What the agent answers to the `shellpod` command. */
import { activity } from '@shellpod/protocol/activity-limits.ts';
import type { Clock } from '../clock.ts';
import { pause } from '../clock.ts';
import type { AboutActivity } from '../line.ts';
import type { Hold, Holds } from './holds.ts';
import type { Answer, Request, Status } from './requests.ts';
import type { Senses } from './senses.ts';

/** ms that what the control plane said is good for, and that its next word is waited for */
const times = { fresh: activity.floorMs, patience: 2_000 } as const;

export interface AnswersDeps {
	clock: Clock;
	senses: Pick<Senses, 'look' | 'tellNow' | 'startOf' | 'seen' | 'notify'>;
	holds: Holds;
	/** Keeps the holds for the next agent of this task. */
	save: (holds: readonly Hold[]) => void;
	connected: () => boolean;
}

type Word = Extract<AboutActivity, { type: 'idle' }>;

export const createAnswers = ({ clock, senses, holds, save, connected }: AnswersDeps) => {
	let told: { word: Word; at: number } | undefined;
	/** its user has changed what goes on since then */
	let stale = false;
	let waiting: (() => void)[] = [];
	let notifiedAt = Number.NEGATIVE_INFINITY;

	const notify = (message: string): Answer => {
		if (!connected()) return { is: 'error', message: 'There is no connection to the control plane just now; nobody would hear of it' };
		if (clock.now() - notifiedAt < activity.floorMs) return { is: 'error', message: 'Something was told a moment ago; once in 10 s is the most' };
		notifiedAt = clock.now();
		senses.notify(message);
		return { is: 'notified' };
	};

	const status = async (): Promise<Status> => {
		if (connected() && (!told || stale || clock.now() - told.at > times.fresh)) {
			stale = false;
			const word = new Promise<void>((heard) => waiting.push(heard));
			await senses.tellNow();
			await Promise.race([word, pause(clock, times.patience)]);
		} else await senses.look();
		const now = clock.now();
		const { doing } = senses.seen();
		return {
			connected: connected(),
			told: told ? { idle: told.word.idle, now: told.word.now, agoMs: Math.max(0, Math.round(now - told.at)) } : null,
			doing: doing.map(({ kind, name, since }) => ({ kind, name, sinceMs: Math.max(0, Math.round(now - since)) })),
			holds: holds.all().map(({ id, reason, until }) => ({ id, reason, leftMs: Math.max(0, Math.round(until - now)) })),
		};
	};

	const hold = async ({ reason, ms, pid }: Extract<Request, { do: 'hold' }>): Promise<Answer> => {
		const startedAt = pid === undefined ? undefined : await senses.startOf(pid);
		if (pid !== undefined && startedAt === undefined) return { is: 'error', message: 'The process that it is to be held for is not there' };
		const process = pid !== undefined && startedAt !== undefined && { process: { pid, startedAt } };
		const taken = holds.take({ reason, ms, ...process }, clock.now());
		if (!taken) return { is: 'error', message: 'There are too many holds. shellpod status shows them, shellpod release ends them' };
		save(holds.all());
		stale = true;
		await senses.look();
		return { is: 'held', id: taken.id, ms: taken.until - taken.since };
	};

	return {
		/** The control plane says why the session runs. */
		heard(word: Word): void {
			told = { word, at: clock.now() };
			for (const done of waiting) done();
			waiting = [];
		},
		async answer(request: Request): Promise<Answer> {
			if (request.do === 'status') return { is: 'status', status: await status() };
			if (request.do === 'hold') return hold(request);
			if (request.do === 'notify') return notify(request.message);
			const released = holds.release(request.id);
			save(holds.all());
			stale = true;
			await senses.look();
			return { is: 'released', count: released.length };
		},
	};
};
