/** Physical names: made from the logical ones, so that the same template gives the same names at each start. */
import { createHash } from 'node:crypto';
import type { ResourceInput } from '../stand-in.ts';

/** Lower-case letters and digits that stand for this resource. */
export const stableId = (input: Pick<ResourceInput, 'stack' | 'logicalId'>, length: number): string => {
	const digest = createHash('sha256').update(`${input.stack}/${input.logicalId}`).digest('hex');
	return BigInt(`0x${digest}`).toString(36).slice(0, length);
};

/** As `stableId`, in hexadecimal as EC2 writes its ids. */
export const stableHex = (input: Pick<ResourceInput, 'stack' | 'logicalId'>, length: number): string =>
	createHash('sha256').update(`${input.stack}/${input.logicalId}`).digest('hex').slice(0, length);

/** The name that CloudFormation would give: stack, logical id and something random, which here is not random. */
export const generatedName = (input: Pick<ResourceInput, 'stack' | 'logicalId'>): string =>
	`${input.stack}-${input.logicalId.slice(0, 24)}-${stableId(input, 8)}`;

/** A property that must be text; throws with the resource's name. */
export const textProperty = (input: ResourceInput, name: string): string => {
	const value = input.properties[name];
	if (typeof value !== 'string') throw new Error(`${input.type} ${input.logicalId}: ${name} is missing`);
	return value;
};
