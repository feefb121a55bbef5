/**
 * Once faults have stopped: a session that nobody uses, and in which nothing goes on, is stopped within its limit and 2 min, and none runs for longer
 * without its user than the operator allows, whatever its agent says. Both as they are, not as anybody says.
 */
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import type { Known } from './idle.ts';
import { counts, limitOf, times } from './signs.ts';

export interface IdleEnd {
	/** The program in a session's task has heard a key. */
	typed(session: string): void;
	/** Each 5 s. */
	look(): void;
}

export interface IdleEndOptions {
	kernel: Kernel;
	whenCalm(run: () => void): void;
	unattendedMs: number;
	records(): readonly SessionRecord[];
	knownOf(session: string): Known | undefined;
	containerOf(session: string): Container | undefined;
	answers(record: SessionRecord): boolean;
	/** Whether somebody in it says of it what isn't so. */
	lies(session: string): boolean;
}

const minute = 60_000;
/** ms past its deadline; between two looks; and in which a question that faults have lost is put again (rule N6) */
const bound = 2 * minute;
const every = 5_000;
const askedAgain = 5 * minute;
/** ms after which an agent sees that a program has ended (rule A5) */
const seen = 30_000;

interface Use {
	/** of what was typed; of what went on */
	keyAt: number;
	busyAt: number;
	/** to when a wait for permission keeps it */
	waits: number;
	/** since when its agent answers */
	answersSince: number | undefined;
	/** since when it runs */
	runsSince: number | undefined;
}

export const createIdleEnd = (options: IdleEndOptions): IdleEnd => {
	const { kernel, unattendedMs } = options;
	const uses = new Map<string, Use>();
	let calmSince: number | undefined;
	options.whenCalm(() => {
		calmSince = kernel.now();
	});

	const of = (session: string): Use => {
		const known = uses.get(session);
		if (known) return known;
		const never = Number.NEGATIVE_INFINITY;
		const made: Use = { keyAt: never, busyAt: never, waits: never, answersSince: undefined, runsSince: undefined };
		uses.set(session, made);
		return made;
	};

	const note = (record: SessionRecord, { choice }: Known): Use => {
		const use = of(record.id);
		const goings = options.containerOf(record.id)?.goings;
		for (const thing of goings?.all() ?? []) {
			if (!counts(thing, choice)) continue;
			if (thing.kind === 'permission') use.waits = Math.max(use.waits, thing.since + times.permission);
			else use.busyAt = kernel.now() + seen;
		}
		if (goings?.endedAt !== undefined) use.busyAt = Math.max(use.busyAt, goings.endedAt + seen);
		const runs = record.desired.state === 'running' && record.phase === 'running';
		use.runsSince = runs ? (use.runsSince ?? kernel.now()) : undefined;
		use.answersSince = runs && options.answers(record) ? (use.answersSince ?? kernel.now()) : undefined;
		return use;
	};

	const late = (record: SessionRecord, what: string, since: number): void => {
		const over = kernel.now() - since - bound - every;
		if (over > 0) kernel.violated('liveness', `${record.id} still runs ${Math.round(over / 1_000)} s later than ${what}`);
	};

	return {
		typed: (session) => {
			of(session).keyAt = kernel.now();
		},
		look: () => {
			for (const record of options.records()) {
				const known = options.knownOf(record.id);
				if (!known) continue;
				const { runsSince, answersSince, keyAt, busyAt, waits } = note(record, known);
				if (calmSince === undefined || runsSince === undefined) continue;
				late(record, 'the operator allows without its user', Math.max(known.seenAt + unattendedMs, calmSince, runsSince));
				if (answersSince === undefined || options.lies(record.id)) continue;
				const limit = limitOf(known.choice);
				const last = Math.max(known.byUser, keyAt + limit, busyAt + limit, waits);
				late(record, 'its limit after its last use', Math.max(last, calmSince + askedAgain, answersSince));
			}
		},
	};
};
