/** The API's operations on task definitions. */
import { type Operations, page, quiet } from './calls.ts';
import {
	type DefinitionsOptions,
	deregisterDefinition,
	describeDefinition,
	findDefinition,
	forgetDeleted,
	needDefinition,
	registerDefinition,
} from './definitions.ts';
import { clientFault, invalid } from './errors.ts';
import * as requests from './requests.ts';
import type { EcsState } from './state.ts';
import { createBucket } from './throttle.ts';

/** ms of a registration, in which another in its family fails; how long it takes is assumed */
const registering = 20;

/** assumed, in the words that others quote */
const stillActive = 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';

const needRevision = (name: string): void => {
	if (!/:\d+$/.test(name)) throw invalid('Invalid revision number. Number: null');
};

export const definitionCalls = (state: EcsState, options: DefinitionsOptions): Operations => {
	// as quoted in aws-actions/amazon-ecs-deploy-task-definition#502
	const bucket = createBucket(20, 1);
	/** by family: until when one is at work */
	const busy = new Map<string, number>();

	return {
		RegisterTaskDefinition: (input, caller, now) => {
			bucket.take(1, now);
			const spec = requests.read('RegisterTaskDefinition', requests.RegisterTaskDefinition, input, 'ClientException');
			if ((busy.get(spec.family) ?? 0) > now) throw clientFault('Too many concurrent attempts to create a new revision of the specified family.');
			const definition = registerDefinition(state, options, spec, caller, now);
			busy.set(spec.family, now + registering);
			return quiet({ taskDefinition: describeDefinition(definition), tags: definition.tags }, registering);
		},
		DescribeTaskDefinition: (input) => {
			const request = requests.read('DescribeTaskDefinition', requests.DescribeTaskDefinition, input);
			const definition = needDefinition(state, request.taskDefinition);
			return quiet({ taskDefinition: describeDefinition(definition), ...(request.include?.includes('TAGS') ? { tags: definition.tags } : {}) });
		},
		DeregisterTaskDefinition: (input, _caller, now) => {
			const { taskDefinition } = requests.read('DeregisterTaskDefinition', requests.DeregisterTaskDefinition, input);
			needRevision(taskDefinition);
			const definition = needDefinition(state, taskDefinition);
			deregisterDefinition(definition, now);
			return quiet({ taskDefinition: describeDefinition(definition) });
		},
		DeleteTaskDefinitions: (input) => {
			const { taskDefinitions } = requests.read('DeleteTaskDefinitions', requests.DeleteTaskDefinitions, input);
			for (const name of taskDefinitions) needRevision(name);
			const failures: { arn: string; reason: string }[] = [];
			const deleted = taskDefinitions.flatMap((name) => {
				const definition = findDefinition(state, name);
				if (definition && definition.status !== 'ACTIVE') return [definition];
				failures.push({ arn: definition?.arn ?? name, reason: definition ? stillActive : 'The specified task definition does not exist.' });
				return [];
			});
			for (const definition of deleted) definition.status = 'DELETE_IN_PROGRESS';
			const described = deleted.map(describeDefinition);
			forgetDeleted(state);
			return quiet({ taskDefinitions: described, failures });
		},
		ListTaskDefinitions: (input) => {
			forgetDeleted(state);
			const request = requests.read('ListTaskDefinitions', requests.ListTaskDefinitions, input);
			const arns = state.definitions
				.filter((one) => one.status === (request.status ?? 'ACTIVE') && (request.familyPrefix === undefined || one.family === request.familyPrefix))
				.sort((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : a.revision - b.revision))
				.map((one) => one.arn);
			const { found, ...more } = page(request.sort === 'DESC' ? arns.reverse() : arns, request.maxResults ?? 100, request.nextToken);
			return quiet({ taskDefinitionArns: found, ...more });
		},
	};
};
