/** Drives the default event bus: rules of the template, the wall clock, functions. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { generatedName } from '../assembly/names.ts';
import { keepState } from '../disk.ts';
import type { LambdaStandIn } from '../lambda/stand-in.ts';
import { readProperties } from '../properties.ts';
import type { Queues } from '../sqs/sqs.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { type BusEffect, type BusEvent, createBus, type Rule, usualPolicy } from './machine.ts';
import type { Pattern } from './pattern.ts';

const RuleProperties = z.strictObject({
	Name: z.optional(z.string()),
	Description: z.optional(z.string()),
	EventBusName: z.optional(z.literal('default')),
	EventPattern: z.optional(z.record(z.string(), z.unknown())),
	ScheduleExpression: z.optional(z.string()),
	State: z._default(z.enum(['ENABLED', 'DISABLED']), 'ENABLED'),
	Targets: z._default(
		z.array(
			z.strictObject({
				Arn: z.string(),
				Id: z.string(),
				Input: z.optional(z.string()),
				DeadLetterConfig: z.optional(z.strictObject({ Arn: z.string() })),
				RetryPolicy: z.optional(z.strictObject({ MaximumEventAgeInSeconds: z.optional(z.number()), MaximumRetryAttempts: z.optional(z.number()) })),
			}),
		),
		[],
	),
	Tags: z.optional(z.unknown()),
});

const tickMs = 1_000;

export interface EventsStandIn extends StandIn {
	publish(event: BusEvent): void;
	/** The first run of every schedule has ended, well or not. */
	readonly firstRuns: Promise<void>;
}

const units: Record<string, number> = { minute: 60_000, minutes: 60_000, hour: 3_600_000, hours: 3_600_000, day: 86_400_000, days: 86_400_000 };

const intervalOf = (expression: string): number => {
	const [, count, unit = ''] = /^rate\((\d+) ([a-z]+)\)$/.exec(expression) ?? [];
	const ms = units[unit];
	if (ms === undefined) throw new Error(`the schedule ${expression} is not known to local mode`);
	return Number(count) * ms;
};

export const createEvents = (world: World, lambda: Pick<LambdaStandIn, 'send' | 'permits'>, queues: Queues): EventsStandIn => {
	const rules: Rule[] = [];
	/** What was taken is kept until its first invocations have ended: a stack that is killed loses no event, and may deliver one twice. */
	const kept = keepState(join(world.folder('events'), 'state.json'), { format: 1, taken: [] as BusEvent[] });
	const { state } = kept;
	let stopped = false;
	const now = (): number => world.now().getTime();
	let bus: ReturnType<typeof createBus> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let firstRunsEnded = (): void => {};
	const firstRuns = new Promise<void>((done) => {
		firstRunsEnded = done;
	});

	const create = (input: ResourceInput): ResourceOutput => {
		const properties = readProperties(RuleProperties, input);
		const name = properties.Name ?? generatedName(input);
		const arn = `arn:aws:events:${input.region}:${input.account}:rule/${name}`;
		const rule = {
			arn,
			...(properties.EventPattern ? { pattern: properties.EventPattern as Pattern } : {}),
			...(properties.ScheduleExpression ? { everyMs: intervalOf(properties.ScheduleExpression) } : {}),
			targets: properties.Targets.map((target) => ({
				arn: target.Arn,
				...(target.Input === undefined ? {} : { input: target.Input }),
				...(target.DeadLetterConfig ? { deadLetter: target.DeadLetterConfig.Arn } : {}),
				policy: {
					attempts: target.RetryPolicy?.MaximumRetryAttempts ?? usualPolicy.attempts,
					maxAgeMs: (target.RetryPolicy?.MaximumEventAgeInSeconds ?? usualPolicy.maxAgeMs / 1_000) * 1_000,
				},
			})),
		};
		if (properties.State === 'ENABLED') rules.push(rule);
		return { ref: name, attributes: { Arn: arn } };
	};

	const apply = async (effects: readonly BusEffect[]): Promise<void> => {
		const sent = effects.map((effect) => {
			const { arn, payload } = effect;
			if (effect.type === 'deliver') return lambda.send(arn, payload);
			world.log(`an event for ${arn} is dropped: it was refused too often`);
			if (effect.deadLetter !== undefined) queues.send(effect.deadLetter, payload, effect.attributes);
			return undefined;
		});
		await Promise.all(sent);
	};

	const pass = async (started: ReturnType<typeof createBus>, event: BusEvent): Promise<void> => {
		await apply(started.publish(event, now()));
		// what ended because the stack ends wasn't delivered
		if (stopped) return;
		state.taken = state.taken.filter((one) => one !== event);
		kept.save();
	};

	return {
		types: ['AWS::Events::Rule'],
		create,
		firstRuns,
		publish: (event) => {
			const taken = structuredClone(event);
			state.taken.push(taken);
			kept.save();
			// before the start it waits for the rules
			if (bus) void pass(bus, taken);
		},
		start: async () => {
			for (const rule of rules)
				for (const target of rule.targets)
					if (!lambda.permits(target.arn, 'events.amazonaws.com', rule.arn))
						throw new Error(`no AWS::Lambda::Permission lets ${rule.arn} invoke ${target.arn}`);
			const { account, region } = world;
			const started = createBus({ account, region, rules, uuid: randomUUID, faults: world.faults.of('events') });
			bus = started;
			void apply(started.start(now())).then(firstRunsEnded);
			timer = setInterval(() => void apply(started.tick(now())), tickMs);
			for (const event of [...state.taken]) void pass(started, event);
		},
		stop: async () => {
			stopped = true;
			clearInterval(timer);
			timer = undefined;
		},
	};
};
