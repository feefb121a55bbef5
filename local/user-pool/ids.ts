/** Ids of the shapes that Cognito gives, made from where the resource stands in the template: the same at every start. */
import { createHash } from 'node:crypto';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const moreLetters = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${letters}`;

const spell = (seed: string, alphabet: string, length: number): string =>
	Array.from(createHash('sha256').update(seed).digest().subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('');

/** e.g. `us-east-1_Ab3dE6gH9` */
export const poolId = (region: string, seed: string): string => `${region}_${spell(`pool ${seed}`, moreLetters, 9)}`;
/** 26 lower-case letters and digits */
export const clientId = (seed: string): string => spell(`client ${seed}`, letters, 26);
/** RFC 4122 in shape */
export const uuidOf = (seed: string): string => {
	const hex = createHash('sha256').update(seed).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
