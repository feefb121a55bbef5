/** The ECS machine under a clock that a test turns, with one definition and one cluster. */
import { expect } from 'vitest';
import { EcsError } from '../../../../local/ecs/machine/errors.ts';
import { createEcsMachine, type EcsMachineOptions, type Step } from '../../../../local/ecs/machine/machine.ts';
import { emptyEcs } from '../../../../local/ecs/machine/state.ts';
import { createFaultPlan, type Faults } from '../../../../local/faults/faults.ts';
import { parseFaults } from '../../../../local/faults/parse.ts';

export const hour = 3_600_000;
export const definition = {
	family: 'home-1',
	networkMode: 'awsvpc',
	requiresCompatibilities: ['FARGATE'],
	cpu: '1024',
	memory: '2048',
	containerDefinitions: [{ name: 'session', image: 'image', stopTimeout: 120 }],
};
const network = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'], assignPublicIp: 'ENABLED' } };
export const run = {
	taskDefinition: 'home-1',
	launchType: 'FARGATE',
	networkConfiguration: network,
	startedBy: 'shellpod/s/1',
	clientToken: 'token',
};

/** What `--faults` would ask for, by this seed. */
export const faultsOf = (text: string, seed = 1): Faults => createFaultPlan(seed, parseFaults(text)).of('ecs');

/** A machine whose clock the test turns. */
export const createWorld = (options: Partial<EcsMachineOptions> = {}) => {
	let ids = 0;
	let now = 1_800_000_000_000;
	const state = emptyEcs();
	const machine = createEcsMachine(state, {
		region: 'us-east-1',
		account: '000000000000',
		newId: () => (++ids).toString(16).padStart(32, '0'),
		delays: { PROVISIONING: 5000, ACTIVATING: 1000, DEACTIVATING: 100, DEPROVISIONING: 2000 },
		...options,
	});
	machine.addCluster('default');
	machine.register(definition, 'test', now);
	const told: string[] = [];
	const effects: Step['effects'] = [];
	const take = <T extends Step>(step: T): T => {
		for (const { detail } of step.events) told.push(`${detail.version} ${detail.lastStatus}/${detail.desiredStatus}`);
		effects.push(...step.effects);
		return step;
	};
	return {
		machine,
		state,
		told,
		effects,
		now: () => now,
		/** as a client that waits for each answer */
		call: (operation: string, input: unknown) => {
			const { answer, takes } = take(machine.call(operation, input, 'test', now));
			now += takes;
			return answer as Record<string, never[]>;
		},
		/** as several clients at once */
		atOnce: (operation: string, input: unknown) => take(machine.call(operation, input, 'test', now)).answer as Record<string, never[]>,
		/** turns the clock, doing what is due on the way */
		pass: (ms: number) => {
			const end = now + ms;
			for (let at = machine.nextAt(); at !== undefined && at <= end; at = machine.nextAt()) {
				now = Math.max(now, at);
				take(machine.advance(now));
			}
			now = end;
			take(machine.advance(now));
		},
		take,
		start: () => {
			const { tasks } = take(machine.call('RunTask', run, 'test', now)).answer as { tasks: { taskArn: string }[] };
			return tasks[0]?.taskArn ?? '';
		},
	};
};

const refusal = (code: string, said: string) => (error: unknown) => {
	expect(error).toBeInstanceOf(EcsError);
	expect(error).toMatchObject({ code, message: expect.stringContaining(said) });
	return true;
};
export const refuses = (call: () => unknown, code: string, said = ''): void => {
	try {
		call();
	} catch (error) {
		refusal(code, said)(error);
		return;
	}
	expect.unreachable(`${code} was expected`);
};
