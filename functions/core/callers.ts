/** Who is calling: a connection by what the authorizer said of it, an agent by the role that it signed with. */
import {
	type Role,
	type SenderId,
	type SessionId,
	senderId,
	sessionId,
	type TerminalId,
	terminalId,
	type UserId,
	userId,
} from '@shellpod/protocol/ids.ts';

/** Who a connection is. Only the authorizer says so; nothing of it ever comes out of a message. */
export interface Caller {
	user: UserId;
	session: SessionId;
	generation: number;
	role: Role;
	sender: SenderId;
	/** a viewer's: `auth_time` of its sign-in, s since 1970 */
	signIn?: number;
	/** a viewer's: the view that its page comes for */
	terminal?: TerminalId;
}

/** A page that hears what becomes of its user's sessions, and says nothing. */
export interface Watcher {
	user: UserId;
	role: 'watcher';
	signIn: number;
}

/** API Gateway hands every value of an authorizer's context on as text. */
export const contextOf = (caller: Caller | Watcher): Record<string, string> =>
	caller.role === 'watcher' ? { user: caller.user, role: caller.role, signIn: String(caller.signIn) } : contextOfEnd(caller);

const contextOfEnd = (caller: Caller): Record<string, string> => ({
	user: caller.user,
	session: caller.session,
	generation: String(caller.generation),
	role: caller.role,
	sender: caller.sender,
	...(caller.signIn !== undefined && { signIn: String(caller.signIn) }),
	...(caller.terminal && { terminal: caller.terminal }),
});

type Context = Readonly<Record<string, unknown>> | null | undefined;

const signInOf = (text: unknown): number => {
	const signIn = Number(text);
	if (typeof text !== 'string' || !Number.isSafeInteger(signIn) || signIn < 0) throw new TypeError('not a sign-in');
	return signIn;
};

/** Undefined for an end of a session. Throws as `callerOf` does. */
export const watcherOf = (context: Context): Watcher | undefined =>
	context?.role === 'watcher' ? { user: userId(String(context.user)), role: 'watcher', signIn: signInOf(context.signIn) } : undefined;

/** The other way. Throws TypeError when it is not what `contextOf` makes: then the authorizer and its reader are not of one deploy. */
export const callerOf = (context: Context): Caller => {
	const word = (name: keyof Caller): string => {
		const value = context?.[name];
		if (typeof value !== 'string') throw new TypeError(`the authorizer's context has no ${name}`);
		return value;
	};
	const role = word('role');
	if (role !== 'viewer' && role !== 'agent') throw new TypeError('an unknown role');
	const generation = Number(word('generation'));
	if (!Number.isSafeInteger(generation) || generation < 1) throw new TypeError('not a generation');
	const caller: Caller = { user: userId(word('user')), session: sessionId(word('session')), generation, role, sender: senderId(word('sender')) };
	if (role === 'agent') return caller;
	return { ...caller, signIn: signInOf(word('signIn')), ...(context?.terminal !== undefined && { terminal: terminalId(word('terminal')) }) };
};

export interface TaskCaller {
	account: string;
	roleName: string;
	taskId: string;
}

/**
 * The task behind an assumed role: ECS names a task's role session by the task's id.
 * `arn:aws:sts::<account>:assumed-role/<role>/<task id>`; the role's path is not in it. Undefined for any other caller.
 */
export const taskCaller = (userArn: string): TaskCaller | undefined => {
	const [, account, roleName, taskId] = /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([0-9a-f]{32})$/.exec(userArn) ?? [];
	return account && roleName && taskId ? { account, roleName, taskId } : undefined;
};
