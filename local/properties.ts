/** Reads a resource's properties by a schema that lists what a stand-in covers. */
import * as z from 'zod/mini';
import type { ResourceInput } from './stand-in.ts';

const describe = (issue: z.core.$ZodIssue): string => {
	const where = issue.path.join('.');
	if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => (where ? `${where}.${key}` : key)).join(', ');
	return `${where} (${issue.message})`;
};

/** @throws Error, one line, that names each property or value that is not covered */
export const readProperties = <T>(schema: z.core.$ZodType<T>, input: ResourceInput): T => {
	const result = z.safeParse(schema, input.properties);
	if (result.success) return result.data;
	throw new Error(`${input.type} ${input.logicalId}: local mode can't do ${result.error.issues.map(describe).join('; ')}`);
};
