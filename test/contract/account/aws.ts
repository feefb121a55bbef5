/** The contract stack in an account. */
import { findIdentity } from '../../../operator/open.ts';
import { readStack } from './deployed.ts';
import { createTarget, type Target } from './target.ts';

/** @throws Problem or Error with words for people when there are no credentials, or there is no such stack */
export const openAccount = async (say: (line: string) => void): Promise<Target> => {
	const identity = await findIdentity();
	const deployed = await readStack(identity);
	if (!deployed) throw new Error(`there is no stack shellpod-contract in ${identity.region}`);
	return createTarget({ kind: 'account', identity, endpoint: () => undefined, say, ...deployed });
};
