/** ECS as the test tells it to be: tasks are what `tasks` holds, RunTask answers what was scripted, else it makes a task at once. */
import { clientToken } from '@shellpod/functions/core/intent.ts';
import type { Definitions, Log, ObservedTask, RunAnswer, Tasks } from '@shellpod/functions/ports.ts';
import { arnOf, base, slot } from './session-records.ts';

export interface ScriptedTasks extends Tasks {
	/** by ARN */
	tasks: Map<string, ObservedTask>;
	/** by ARN, of tasks that are in another Home than everybody's */
	families: Map<string, string>;
	/** what the next RunTask calls answer; an Error is a crash of the caller before it asks */
	answers: (RunAnswer | Error)[];
	asked: { token: string; generation: number; attempt: number; subnets: readonly string[] }[];
	told: { arn: string; why: string }[];
	/** set to make every call fail */
	broken?: Error;
	/** every task that was told to stop, stops */
	settle(): void;
}

export const createScriptedTasks = (): ScriptedTasks => {
	const made: ScriptedTasks = {
		tasks: new Map(),
		families: new Map(),
		answers: [],
		asked: [],
		told: [],
		settle() {
			for (const { arn } of made.told) {
				const one = made.tasks.get(arn);
				if (one) made.tasks.set(arn, { ...one, lastStatus: 'STOPPED', desiredStatus: 'STOPPED', containers: [{ lastStatus: 'STOPPED' }] });
			}
		},
		async run(session, { generation, attempt, clientToken: token, network }) {
			if (made.broken) return { kind: 'unknown', text: made.broken.message };
			const answer = made.answers.shift();
			if (answer instanceof Error) throw answer;
			made.asked.push({ token, generation, attempt, subnets: network?.subnets ?? [] });
			if (answer && answer.kind !== 'made') return answer;
			const arn = arnOf(
				Buffer.from(clientToken(session, generation, attempt), 'base64url')
					.toString('hex')
					.slice(0, 32),
			);
			if (!made.tasks.has(arn))
				made.tasks.set(arn, { arn, of: { session, generation }, lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING', containers: [] });
			return { kind: 'made', arn };
		},
		async stop(arn, why) {
			if (made.broken) throw made.broken;
			made.told.push({ arn, why });
			const one = made.tasks.get(arn);
			if (one) made.tasks.set(arn, { ...one, desiredStatus: 'STOPPED' });
		},
		async look(family, arn) {
			if (made.broken) throw made.broken;
			const tasks = [...made.tasks.values()].filter((one) => (made.families.get(one.arn) ?? family) === family);
			return { tasks, missing: arn !== undefined && !made.tasks.has(arn) ? [arn] : [] };
		},
		async list() {
			if (made.broken) throw made.broken;
			const running = [...made.tasks.values()].filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
			return running.map((one) => ({ ...one, family: made.families.get(one.arn) ?? slot.family }));
		},
	};
	return made;
};

/** Definitions that always fit; `registered` counts. */
export const createFittingDefinitions = (current: string = base): Definitions & { registered: string[]; misfits: Set<string> } => {
	const registered: string[] = [];
	const misfits = new Set<string>();
	return {
		base: current,
		registered,
		misfits,
		async register({ family }) {
			registered.push(family);
			return `arn:aws:ecs:us-east-1:000000000000:task-definition/${family}:${registered.length + 1}`;
		},
		fits: async (definition) => !misfits.has(definition),
	};
};

export interface LogLines extends Log {
	lines: { level: string; event: string; fields: Readonly<Record<string, unknown>>; error?: unknown }[];
}

export const createLogLines = (): LogLines => {
	const lines: LogLines['lines'] = [];
	return {
		lines,
		info: (event, fields = {}) => void lines.push({ level: 'info', event, fields }),
		warn: (event, fields = {}) => void lines.push({ level: 'warn', event, fields }),
		error: (event, error, fields = {}) => void lines.push({ level: 'error', event, fields, error }),
	};
};
