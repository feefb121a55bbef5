/** The API's operations on task definitions. */
import { type Operations, page, quiet } from './calls.ts';
import { type DefinitionsOptions, deregisterDefinition, describeDefinition, needDefinition, registerDefinition } from './definitions.ts';
import { clientFault, invalid } from './errors.ts';
import * as requests from './requests.ts';
import type { EcsState } from './state.ts';
import { createBucket } from './throttle.ts';

/** ms of a registration, in which another in its family fails; how long it takes is assumed */
const registering = 20;

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
			if (!/:\d+$/.test(taskDefinition)) throw invalid('Invalid revision number. Number: null');
			const definition = needDefinition(state, taskDefinition);
			deregisterDefinition(definition, now);
			return quiet({ taskDefinition: describeDefinition(definition) });
		},
		ListTaskDefinitions: (input) => {
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
