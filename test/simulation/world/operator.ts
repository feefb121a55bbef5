/** The operator's command that deletes a user, as `operator/commands/delete.ts` has it, without the identity provider; it can be run again. */
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { userId } from '@shellpod/protocol/ids.ts';
import { changeUser } from '../../../operator/change-user.ts';
import { createUserSessions } from '../../../operator/user-sessions.ts';
import type { Hands } from './hands.ts';
import type { Environment } from './lambda.ts';
import type { Parts } from './parts.ts';

export const createOperator = (parts: Parts, hands: Hands) => (environment: Environment) => {
	const users = createUsers(parts.itemsOf(environment));
	const sessions = createUserSessions({ sessions: parts.sessionsOf(environment), now: environment.now });
	const revocations = hands.revocationsOf(environment);
	return async ({ user }: { user: string }): Promise<void> => {
		const id = userId(user);
		await revocations.disable(id, 'operator');
		await revocations.close(id);
		await sessions.removeAll(id, 'The operator deleted the user');
		await changeUser(users, id, (record) => (Object.keys(record.claims).length === 0 ? record : { ...record, claims: {} }));
	};
};
