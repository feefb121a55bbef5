/** Tasks that no record knows, as after a table that was restored: of sessions that are nowhere, in Homes that are nobody's. */
import type { SimulatedEcs } from './ecs.ts';
import { cluster, deployment } from './names.ts';

export interface Orphans {
	/** Asks for so many in one instant; gives what they are started by. For none when there is no task yet that they could be like. */
	lose(count: number): string[];
	/** The operator, whom the alarm has told of too many, stops them all; the functions see to fewer. */
	stop(): void;
}

/** of those that the functions stop in one look */
const few = 3;
/** uids of Homes that no slot has */
const firstUid = 900_000;

export const createOrphans = (ecs: SimulatedEcs, now: () => Date): Orphans => {
	let lost = 0;
	const { machine } = ecs;

	const lose = (): string => {
		const index = lost++;
		const like = machine.tasks().find(({ startedBy }) => startedBy?.startsWith(`${deployment}/`));
		if (!like) return '';
		const spec = JSON.parse(JSON.stringify(machine.definitionOf(like).spec).replaceAll(/"fsap-[^"]*"/g, `"fsap-${index}"`)) as object;
		const { arn } = machine.register({ ...spec, family: `${deployment}-home-${firstUid + index}` }, 'nobody', now().getTime());
		const startedBy = `${deployment}/${String.fromCharCode(97 + (index % 26)).repeat(12)}/1`;
		const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };
		const request = { cluster, taskDefinition: arn, launchType: 'FARGATE', startedBy, clientToken: startedBy, networkConfiguration };
		ecs.run(request);
		return startedBy;
	};

	return {
		lose: (count) => Array.from({ length: count }, lose).filter((startedBy) => startedBy !== ''),
		stop: () => {
			const running = machine
				.tasks()
				.filter(({ family, desiredStatus }) => desiredStatus === 'RUNNING' && Number(family.split('-').at(-1)) >= firstUid);
			if (running.length <= few) return;
			for (const { arn } of running)
				ecs.observe((_, at) => machine.call('StopTask', { cluster, task: arn, reason: 'The operator stopped it' }, 'operator', at));
		},
	};
};
