/**
 * The half of the machine that an operator meets: the user pools API, as far as it is about users. Documented:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html
 */
import * as z from 'zod/mini';
import type { User } from './kept.ts';
import type { PoolPorts, PoolState } from './pool.ts';

/** What the API answers to a request that it refuses; the code is the SDK's class of exception. */
export class PoolError extends Error {
	readonly code: string;
	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

export interface Admin {
	/** @throws PoolError */
	administer(operation: string, input: unknown): Record<string, unknown>;
}

const text = z.string();
const username = text.check(z.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u));
const onUser = { UserPoolId: text, Username: username };
const attributes = z.array(z.strictObject({ Name: z.enum(['email', 'email_verified']), Value: text }));

/** Members that aren't here are refused by name: templates of messages, filters, temporary passwords ... */
const Create = z.strictObject({
	...onUser,
	UserAttributes: z.optional(attributes),
	DesiredDeliveryMediums: z.optional(z.array(z.literal('EMAIL'))),
	MessageAction: z.optional(z.enum(['RESEND', 'SUPPRESS'])),
});
const List = z.strictObject({ UserPoolId: text, Limit: z.optional(z.int().check(z.gte(0), z.lte(60))), PaginationToken: z.optional(text) });
const OnUser = z.strictObject(onUser);

/** users of one page of a list (documented: 60 at most) */
const page = 60;

const seconds = (ms: number): number => ms / 1000;

const attributesOf = (user: User): { Name: string; Value: string }[] => [
	{ Name: 'sub', Value: user.sub },
	...(user.email === undefined
		? []
		: [
				{ Name: 'email', Value: user.email },
				{ Name: 'email_verified', Value: String(user.emailVerified === true) },
			]),
];

const stateOf = (user: User): Record<string, unknown> => ({
	Username: user.name,
	UserCreateDate: seconds(user.createdAt),
	UserLastModifiedDate: seconds(user.changedAt ?? user.createdAt),
	Enabled: !user.disabled,
	UserStatus: user.invited ? 'FORCE_CHANGE_PASSWORD' : 'CONFIRMED',
});
const listed = (user: User): Record<string, unknown> => ({ ...stateOf(user), Attributes: attributesOf(user) });

const read = <T>(schema: z.ZodMiniType<T>, input: unknown): T => {
	const result = schema.safeParse(input);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new PoolError('InvalidParameterException', `the local user pool doesn't take ${issue?.path.join('.') || 'this'}: ${issue?.message}`);
};

export const createAdmin = (state: PoolState, ports: PoolPorts): Admin => {
	const { users, refresh, browsers } = state.kept;
	const userOf = (name: string): User => {
		const user = users.get(name.toLowerCase());
		if (!user) throw new PoolError('UserNotFoundException', 'User does not exist.');
		return user;
	};
	const named = (input: unknown): User => userOf(read(OnUser, input).Username);
	const change = (user: User, changes: Partial<User>): User => {
		const changed = { ...user, ...changes, changedAt: ports.now() };
		users.set(user.name, changed);
		ports.save();
		return changed;
	};
	const endTokens = (name: string): void => {
		for (const [hash, one] of refresh) if (one.user === name) refresh.delete(hash);
	};

	const invite = (input: unknown): Record<string, unknown> => {
		const { Username, UserAttributes = [], MessageAction } = read(Create, input);
		// the template's pool doesn't tell cases apart
		const name = Username.toLowerCase();
		const given = Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value]));
		const mail = { ...(given.email !== undefined && { email: given.email, emailVerified: given.email_verified === 'true' }) };
		const known = users.get(name);
		if (MessageAction === 'RESEND') {
			if (!known) throw new PoolError('UserNotFoundException', 'User does not exist.');
			if (!known.invited) throw new PoolError('UnsupportedUserStateException', 'Resend not possible. User status is not FORCE_CHANGE_PASSWORD.');
			return { User: listed(change(known, mail)) };
		}
		if (known) throw new PoolError('UsernameExistsException', 'User account already exists');
		const now = ports.now();
		return { User: listed(change({ name, sub: ports.uuid(), createdAt: now, invited: true }, mail)) };
	};

	const list = (input: unknown): Record<string, unknown> => {
		const { Limit: limit, PaginationToken: from } = read(List, input);
		const all = [...users.values()];
		const start = from === undefined ? 0 : all.findIndex(({ name }) => name === from);
		if (start < 0) throw new PoolError('InvalidParameterException', 'Invalid pagination token.');
		const end = start + (limit || page);
		return { Users: all.slice(start, end).map(listed), ...(all[end] && { PaginationToken: all[end].name }) };
	};

	const operations: Readonly<Record<string, (input: unknown) => Record<string, unknown>>> = {
		AdminCreateUser: invite,
		ListUsers: list,
		AdminGetUser: (input) => {
			const user = named(input);
			return { ...stateOf(user), UserAttributes: attributesOf(user) };
		},
		// Documented: refresh tokens are worth nothing any more, and a disabled user signs in nowhere.
		AdminDisableUser: (input) => {
			const user = named(input);
			endTokens(user.name);
			change(user, { disabled: true });
			return {};
		},
		AdminEnableUser: (input) => {
			change(named(input), { disabled: undefined });
			return {};
		},
		// Documented: the sign-in of the browser at the provider's own pages stays.
		AdminUserGlobalSignOut: (input) => {
			endTokens(named(input).name);
			ports.save();
			return {};
		},
		AdminDeleteUser: (input) => {
			const { name } = named(input);
			endTokens(name);
			for (const [hash, one] of browsers) if (one.user === name) browsers.delete(hash);
			users.delete(name);
			ports.save();
			return {};
		},
	};

	return {
		administer(operation, input) {
			const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
			if (!run) throw new PoolError('UnsupportedOperation', `the local user pool doesn't know ${operation}`);
			return run(input);
		},
	};
};
