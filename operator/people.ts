/** Who may sign in: the user pool's own API. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html */
import { type UserId, userId } from '@shellpod/protocol/ids.ts';
import { Problem } from './problem.ts';
import { type Answer, Refusal, type SignedCall } from './signed-call.ts';

export interface Person {
	/** what they sign in with */
	name: string;
	user: UserId;
	email?: string;
	enabled: boolean;
	/** the invitation was not used yet */
	invited: boolean;
	/** when the last invitation went out, or the user pool last changed something */
	changedAt: Date;
}

export interface People {
	/** Throws Problem when there is no such user. */
	get(name: string): Promise<Person>;
	find(name: string): Promise<Person | undefined>;
	/** by name */
	list(): Promise<Person[]>;
	/** Makes the user, and has the invitation mailed. `again`: only the mail, with another temporary password. */
	invite(name: string, email: string | undefined, again: boolean): Promise<Person>;
	disable(name: string): Promise<void>;
	enable(name: string): Promise<void>;
	/** Refresh tokens are good for nothing from now on. */
	signOut(name: string): Promise<void>;
	/** A user who is not there is fine. */
	remove(name: string): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

const personOf = (fields: Fields): Person => {
	const given = (fields.Attributes ?? fields.UserAttributes) as readonly { Name: string; Value: string }[] | undefined;
	const attributes = Object.fromEntries((given ?? []).map(({ Name, Value }) => [Name, Value]));
	return {
		name: String(fields.Username),
		user: userId(attributes.sub ?? ''),
		enabled: fields.Enabled === true,
		invited: fields.UserStatus === 'FORCE_CHANGE_PASSWORD',
		changedAt: new Date(Number(fields.UserLastModifiedDate) * 1000),
		...(attributes.email !== undefined && { email: attributes.email }),
	};
};

export const userPoolRefusal = ({ status, text }: Answer): Refusal => {
	try {
		const { __type: type, message, Message } = JSON.parse(text) as Record<string, unknown>;
		return new Refusal(String(type).split('#').at(-1) ?? '', String(message ?? Message ?? ''));
	} catch {
		return new Refusal(`status ${status}`, text.slice(0, 200));
	}
};

const noSuch = (name: string): Problem => new Problem(`There is no user called ${name}. The command list shows who there is.`);

/** Why nobody could be invited, for those refusals that say something about the invitation. */
const invitationProblems: Readonly<Record<string, (name: string, message: string) => string>> = {
	UsernameExistsException: (name) => `There is a user called ${name} already. With --again they get another invitation, if they never signed in.`,
	AliasExistsException: () => 'Another user has this address.',
	UnsupportedUserStateException: (name) =>
		`${name} has signed in before: there is nothing to invite them to. On the sign-in page they can choose a new password.`,
	CodeDeliveryFailureException: (_, message) => `The mail could not be sent: ${message}`,
	LimitExceededException: (_, message) => `Amazon Cognito sends no more mail today (50 a day without an address of your own): ${message}`,
	InvalidParameterException: (_, message) => `Amazon Cognito does not take this: ${message}`,
};

export const createPeople = ({ call, pool }: { call: SignedCall; pool: string }): People => {
	const ask = async (operation: string, input: Fields): Promise<Fields> => {
		const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` };
		const text = await call(headers, JSON.stringify({ UserPoolId: pool, ...input }));
		return text === '' ? {} : (JSON.parse(text) as Fields);
	};
	/** Undefined: there is no such user. */
	const onUser = async (operation: string, name: string): Promise<Fields | undefined> => {
		try {
			return await ask(operation, { Username: name });
		} catch (error) {
			if (error instanceof Refusal && error.code === 'UserNotFoundException') return undefined;
			throw error;
		}
	};
	const change = async (operation: string, name: string): Promise<void> => {
		if (!(await onUser(operation, name))) throw noSuch(name);
	};
	const find: People['find'] = async (name) => {
		const found = await onUser('AdminGetUser', name);
		return found && personOf(found);
	};

	return {
		find,
		async get(name) {
			const found = await find(name);
			if (!found) throw noSuch(name);
			return found;
		},
		async list() {
			const found: Person[] = [];
			let next: unknown;
			do {
				const page = await ask('ListUsers', { Limit: 60, ...(next !== undefined && { PaginationToken: next }) });
				found.push(...(page.Users as readonly Fields[]).map(personOf));
				next = page.PaginationToken;
			} while (next !== undefined);
			return found.sort((a, b) => a.name.localeCompare(b.name));
		},
		async invite(name, email, again) {
			// The temporary password goes to that address: who uses it has shown that it is theirs.
			const attributes =
				email === undefined
					? {}
					: {
							UserAttributes: [
								{ Name: 'email', Value: email },
								{ Name: 'email_verified', Value: 'true' },
							],
						};
			const input = { Username: name, ...attributes, DesiredDeliveryMediums: ['EMAIL'], ...(again && { MessageAction: 'RESEND' }) };
			try {
				return personOf((await ask('AdminCreateUser', input)).User as Fields);
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				if (error.code === 'UserNotFoundException') throw noSuch(name);
				const words = invitationProblems[error.code];
				throw words ? new Problem(words(name, error.message)) : error;
			}
		},
		disable: (name) => change('AdminDisableUser', name),
		enable: (name) => change('AdminEnableUser', name),
		signOut: (name) => change('AdminUserGlobalSignOut', name),
		async remove(name) {
			await onUser('AdminDeleteUser', name);
		},
	};
};
