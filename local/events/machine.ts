/**
 * EventBridge's default bus, without clocks: events and time in, deliveries to functions out. Lambda takes each and keeps it in a queue of its own.
 *
 * documented: a schedule fires each interval, at times twice; what a target refuses is tried again, for 24 h and 185 times unless the target says
 * other. assumed: how long the pauses are.
 * different: a schedule fires first at the start, so that nobody waits for a minute, and no fault keeps it from that.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
import type { Faults } from '../faults/faults.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export interface RetryPolicy {
	attempts: number;
	maxAgeMs: number;
}

/** of a target that says nothing */
export const usualPolicy: RetryPolicy = { attempts: 185, maxAgeMs: 24 * 3_600_000 };

export interface Target {
	arn: string;
	/** what the function gets in place of the event */
	input?: string;
	policy: RetryPolicy;
	/** ARN of the queue for what it goes on to refuse */
	deadLetter?: string;
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

export type BusEffect =
	/** to a function, as an asynchronous invocation */
	| { type: 'deliver'; arn: string; payload: string }
	/** refused too often, or for too long; `attributes`: of the message for its dead-letter queue */
	| { type: 'drop'; arn: string; payload: string; deadLetter: string | undefined; attributes: Record<string, string> };

interface Waiting {
	rule: string;
	target: Target;
	payload: string;
	firstAt: number;
	refused: number;
	nextAt: number;
}

export interface BusOptions {
	account: string;
	region: string;
	rules: readonly Rule[];
	uuid: () => string;
	faults: Faults;
}

/** ms: of `event-late`, of the second of two that are the same, and of the pauses after a refusal, which double */
const late = { from: 1_000, to: 5 * 60_000 };
const twin = { from: 100, to: 60_000 };
const pauses = { from: 1_000, to: 10 * 60_000 };

export const createBus = ({ account, region, rules, uuid, faults }: BusOptions) => {
	const compiled = rules.map((rule) => ({ rule, matches: rule.pattern ? compilePattern(rule.pattern) : () => false, nextAt: 0 }));
	const waiting = new Set<Waiting>();

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

	/** Attributes of the message, by the names that EventBridge uses: assumed. */
	const drop = ({ rule, target: { arn, deadLetter }, payload, refused }: Waiting, condition: string): BusEffect[] => [
		{
			type: 'drop',
			arn,
			payload,
			deadLetter,
			attributes: {
				RULE_ARN: rule,
				TARGET_ARN: arn,
				ERROR_CODE: 'SERVICE_UNAVAILABLE',
				RETRY_ATTEMPTS: String(refused - 1),
				EXHAUSTED_RETRY_CONDITION: condition,
			},
		},
	];

	const attempt = (one: Waiting, now: number): BusEffect[] => {
		const { target, payload } = one;
		waiting.delete(one);
		if (!faults.happens('event-refused')) return [{ type: 'deliver', arn: target.arn, payload }];
		const pause = Math.min(pauses.to, pauses.from * 2 ** one.refused);
		one.refused += 1;
		if (one.refused > target.policy.attempts) return drop(one, 'MaximumRetryAttempts');
		if (now + pause - one.firstAt > target.policy.maxAgeMs) return drop(one, 'MaximumEventAgeInSeconds');
		one.nextAt = now + pause;
		waiting.add(one);
		return [];
	};

	const send = (rule: Rule, event: unknown, now: number): BusEffect[] =>
		rule.targets.flatMap((target) => {
			const payload = target.input ?? JSON.stringify(event);
			const one = (nextAt: number): Waiting => ({ rule: rule.arn, target, payload, firstAt: now, refused: 0, nextAt });
			if (faults.happens('event-lost')) return [];
			const at = faults.happens('event-late') ? now + faults.spread('event-late', late.from, late.to) : now;
			if (faults.happens('event-dup')) waiting.add(one(at + faults.spread('event-dup', twin.from, twin.to)));
			if (at === now) return attempt(one(now), now);
			waiting.add(one(at));
			return [];
		});

	const scheduled = (rule: Rule, now: number) =>
		envelope({ source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [rule.arn], detail: {} }, now);

	return {
		publish: (event: BusEvent, now: number): BusEffect[] => {
			const whole = envelope(event, now);
			return compiled.filter(({ matches }) => matches(whole)).flatMap(({ rule }) => send(rule, whole, now));
		},
		/** The first run of every schedule. */
		start: (now: number): BusEffect[] =>
			compiled.flatMap((one) => {
				if (one.rule.everyMs === undefined) return [];
				one.nextAt = now + one.rule.everyMs;
				const payload = JSON.stringify(scheduled(one.rule, now));
				return one.rule.targets.map((target) => ({ type: 'deliver', arn: target.arn, payload: target.input ?? payload }) as const);
			}),
		/** What is due: schedules, and what is late, doubled or refused. */
		tick: (now: number): BusEffect[] => {
			const effects: BusEffect[] = [];
			for (const one of compiled) {
				if (one.rule.everyMs === undefined || now < one.nextAt) continue;
				// after a sleep of the machine it fires once, not once per minute missed
				one.nextAt = now + one.rule.everyMs;
				effects.push(...send(one.rule, scheduled(one.rule, now), now));
			}
			const due = [...waiting].filter(({ nextAt }) => nextAt <= now).sort((a, b) => a.nextAt - b.nextAt);
			return [...effects, ...due.flatMap((one) => attempt(one, now))];
		},
		/** ms since 1970 when `tick` has something to do again; undefined: never */
		next: (): number | undefined => {
			const times = [
				...compiled.flatMap(({ rule, nextAt }) => (rule.everyMs === undefined ? [] : [nextAt])),
				...[...waiting].map(({ nextAt }) => nextAt),
			];
			return times.length === 0 ? undefined : Math.min(...times);
		},
	};
};
