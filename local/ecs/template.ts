/** ECS resources of the template, in the form of ECS's own API. */
import * as z from 'zod/mini';
import { clientFault } from './machine/errors.ts';

export const ClusterProperties = z.strictObject({
	ClusterName: z.optional(z.string()),
	// what changes nothing on one machine
	ClusterSettings: z.optional(z.array(z.unknown())),
	Tags: z.optional(z.array(z.unknown())),
});

/** Members whose name isn't the API's with a capital. */
const renamed: Readonly<Record<string, string>> = {
	EFSVolumeConfiguration: 'efsVolumeConfiguration',
	FilesystemId: 'fileSystemId',
	IAM: 'iam',
	SizeInGiB: 'sizeInGiB',
};
/** numbers and switches, which a template may give as text */
const numbers = new Set(['memoryReservation', 'stopTimeout', 'sizeInGiB']);
const switches = new Set(['essential', 'readOnly', 'initProcessEnabled']);

const readValue = (name: string, value: unknown, inContainer: boolean): unknown => {
	if (typeof value !== 'string') return asRequest(value, name === 'containerDefinitions');
	// a container's cpu and memory are numbers, a task's are text
	if (numbers.has(name) || (inContainer && (name === 'cpu' || name === 'memory'))) return Number(value);
	return switches.has(name) ? value === 'true' : value;
};

/** `ContainerDefinitions` -> `containerDefinitions`, all the way down. */
const asRequest = (value: unknown, inContainer: boolean): unknown => {
	if (Array.isArray(value)) return value.map((one) => asRequest(one, inContainer));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, one]) => {
			const name = renamed[key] ?? key.charAt(0).toLowerCase() + key.slice(1);
			return [name, readValue(name, one, inContainer)];
		}),
	);
};

/** The properties of an AWS::ECS::TaskDefinition as RegisterTaskDefinition takes them. */
export const asRegisterRequest = (properties: Record<string, unknown>, family: string): Record<string, unknown> => {
	const request = asRequest(properties, false);
	if (typeof request !== 'object' || request === null) throw clientFault('a task definition is an object');
	return {
		family,
		...request,
		...('cpu' in request ? { cpu: String(request.cpu) } : {}),
		...('memory' in request ? { memory: String(request.memory) } : {}),
	};
};
