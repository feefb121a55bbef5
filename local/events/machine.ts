/**
 * EventBridge's default bus and Lambda's asynchronous invocations, without clocks: events and time in, invocations out.
 *
 * documented: a schedule fires each interval; a failed invocation is tried again after 1 and 2 minutes; an event over its age is dropped.
 * different: a schedule fires first at the start, so that nobody waits for a minute.
 */
import type { Retry } from '../lambda/stand-in.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export interface Target {
	arn: string;
	/** what the function gets in place of the event */
	input?: string;
	/** Lambda's own, of asynchronous invocations: EventBridge's retries end when Lambda has taken the event */
	retry: Retry;
}

export interface Rule {
	arn: string;
	pattern?: Pattern;
	/** ms between two times of a schedule */
	everyMs?: number;
	targets: readonly Target[];
}

export interface BusEvent {
	source: string;
	'detail-type': string;
	resources: string[];
	detail: unknown;
}

export interface Invocation {
	id: number;
	arn: string;
	payload: string;
}

interface Waiting extends Invocation {
	target: Target;
	/** failed so far */
	failures: number;
	firstAt: number;
	/** undefined: it runs */
	nextAt: number | undefined;
}

export interface BusOptions {
	account: string;
	region: string;
	rules: readonly Rule[];
	uuid: () => string;
}

/** ms before the first and the second repetition */
const pauses = [60_000, 120_000];

export const createBus = ({ account, region, rules, uuid }: BusOptions) => {
	const compiled = rules.map((rule) => ({ rule, matches: rule.pattern ? compilePattern(rule.pattern) : () => false, nextAt: 0 }));
	const waiting = new Map<number, Waiting>();
	let nextId = 1;

	const envelope = (event: BusEvent, now: number) => ({
		version: '0',
		id: uuid(),
		'detail-type': event['detail-type'],
		source: event.source,
		account,
		// documented: whole seconds
		time: `${new Date(now).toISOString().slice(0, 19)}Z`,
		region,
		resources: event.resources,
		detail: event.detail,
	});

	const enqueue = (rule: Rule, event: unknown, now: number): Invocation[] =>
		rule.targets.map((target) => {
			const one: Waiting = {
				id: nextId++,
				arn: target.arn,
				payload: target.input ?? JSON.stringify(event),
				target,
				failures: 0,
				firstAt: now,
				nextAt: undefined,
			};
			waiting.set(one.id, one);
			return one;
		});

	return {
		publish: (event: BusEvent, now: number): Invocation[] => {
			const whole = envelope(event, now);
			return compiled.filter(({ matches }) => matches(whole)).flatMap(({ rule }) => enqueue(rule, whole, now));
		},
		/** What is due: schedules and repetitions. */
		tick: (now: number): Invocation[] => {
			const due: Invocation[] = [];
			for (const one of compiled) {
				if (one.rule.everyMs === undefined || now < one.nextAt) continue;
				// after a sleep of the machine it fires once, not once per minute missed
				one.nextAt = now + one.rule.everyMs;
				const event = { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [one.rule.arn], detail: {} };
				due.push(...enqueue(one.rule, envelope(event, now), now));
			}
			for (const one of waiting.values()) {
				if (one.nextAt === undefined || now < one.nextAt) continue;
				one.nextAt = undefined;
				due.push(one);
			}
			return due;
		},
		/** An invocation has ended; it is tried again, or 'dropped' when it has failed too often or is too old. */
		ended: (id: number, succeeded: boolean, now: number): 'done' | 'again' | 'dropped' => {
			const one = waiting.get(id);
			if (!one) return 'done';
			const pause = pauses[one.failures];
			one.failures += 1;
			const again =
				!succeeded && pause !== undefined && one.failures <= one.target.retry.attempts && now + pause - one.firstAt <= one.target.retry.maxAgeMs;
			if (!again) waiting.delete(id);
			else one.nextAt = now + pause;
			return succeeded ? 'done' : again ? 'again' : 'dropped';
		},
	};
};
