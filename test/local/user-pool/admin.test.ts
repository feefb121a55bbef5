import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needsOfUserPool } from '../../../local/user-pool/needs.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';
import { claimsOf, createSite, location, type Site } from './pool-fixture.ts';

let world: StillWorld;
let site: Site;
beforeEach(async () => {
	world = stillWorld();
	site = await createSite(world);
});
afterEach(() => world.remove());

const request = (operation: string, input: unknown) => ({
	method: 'POST',
	path: '/',
	query: new URLSearchParams(),
	headers: { 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}` },
	body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
	principal: { roleArn: 'arn:aws:iam::000000000000:user/operator', sessionName: 'operator' },
});

/** One call of the user pools API. */
const admin = async (operation: string, input: Record<string, unknown> = {}) => {
	const answer = await site.standIn.endpoints?.COGNITO_IDENTITY_PROVIDER?.(request(operation, { UserPoolId: site.poolId, ...input }));
	return { status: answer?.status, body: JSON.parse(String(answer?.body)) };
};
const ada = { Username: 'ada' };
const email = (address: string) => [
	{ Name: 'email', Value: address },
	{ Name: 'email_verified', Value: 'true' },
];
const signedIn = async (name: string) => (await site.exchange(await site.code(name))).body;
const subOf = (tokens: Record<string, string>) => claimsOf(tokens.access_token).sub;

describe('the user pools API', () => {
	it('makes users as an invitation does, who are confirmed at their first sign-in', async () => {
		const made = await admin('AdminCreateUser', { ...ada, UserAttributes: email('ada@example.com'), DesiredDeliveryMediums: ['EMAIL'] });
		expect(made.body.User).toMatchObject({
			Username: 'ada',
			Enabled: true,
			UserStatus: 'FORCE_CHANGE_PASSWORD',
			UserCreateDate: world.now().getTime() / 1000,
		});
		expect(made.body.User.Attributes.slice(1)).toEqual(email('ada@example.com'));
		const tokens = await signedIn('ada');
		expect(made.body.User.Attributes[0]).toEqual({ Name: 'sub', Value: subOf(tokens) });
		expect((await admin('AdminGetUser', ada)).body).toMatchObject({ UserStatus: 'CONFIRMED' });
	});

	it('lists users in pages', async () => {
		for (const name of ['ada', 'bob', 'cyd']) await signedIn(name).finally(() => site.cookies.clear());
		const first = (await admin('ListUsers', { Limit: 2 })).body;
		const second = (await admin('ListUsers', { Limit: 2, PaginationToken: first.PaginationToken })).body;
		expect([...first.Users, ...second.Users].map(({ Username }: { Username: string }) => Username)).toEqual(['ada', 'bob', 'cyd']);
		expect(second.PaginationToken).toBeUndefined();
	});

	it.each([
		['AdminGetUser', { Username: 'nobody' }, 'UserNotFoundException'],
		['AdminDisableUser', { Username: 'nobody' }, 'UserNotFoundException'],
		['AdminDeleteUser', { Username: 'nobody' }, 'UserNotFoundException'],
		['AdminCreateUser', { Username: 'nobody', MessageAction: 'RESEND' }, 'UserNotFoundException'],
		['AdminCreateUser', { Username: 'ADA' }, 'UsernameExistsException'],
		['AdminCreateUser', { Username: 'ada', MessageAction: 'RESEND' }, 'UnsupportedUserStateException'],
		['AdminCreateUser', { Username: 'bob', TemporaryPassword: 'x' }, 'InvalidParameterException'],
		['AdminCreateUser', { Username: 'b o b' }, 'InvalidParameterException'],
		['ListUsers', { Limit: 61 }, 'InvalidParameterException'],
		['ListUsers', { Filter: 'x' }, 'InvalidParameterException'],
		['ListUsers', { PaginationToken: 'x' }, 'InvalidParameterException'],
		['ListUsers', { UserPoolId: 'us-east-1_other' }, 'ResourceNotFoundException'],
		['AdminSetUserPassword', { Username: 'ada' }, 'UnsupportedOperation'],
		['constructor', { Username: 'ada' }, 'UnsupportedOperation'],
	])('refuses %s of %j: %s', async (operation, input, code) => {
		await signedIn('ada');
		expect(await admin(operation, input)).toMatchObject({ status: 400, body: { __type: code } });
	});

	it('needs the right of the operation’s name on the pool', () => {
		const needs = needsOfUserPool('us-east-1', '000000000000');
		expect(needs(request('AdminDisableUser', { UserPoolId: 'p_1', ...ada }))).toEqual([
			{ action: 'cognito-idp:AdminDisableUser', resources: ['arn:aws:cognito-idp:us-east-1:000000000000:userpool/p_1'] },
		]);
		expect(needs(request('AdminSetUserPassword', { UserPoolId: 'p_1', ...ada }))).toBeUndefined();
	});
});

describe('[security 8] a disabled user', () => {
	it('can’t sign in, is told so, and gets no tokens for what is there already', async () => {
		const { refresh_token: refresh = '' } = await signedIn('ada');
		const code = location(await site.get(`/oauth2/authorize?${site.query()}`)).searchParams.get('code') ?? '';
		await admin('AdminDisableUser', ada);
		expect((await site.refresh(refresh)).body).toEqual({ error: 'invalid_grant' });
		expect((await site.exchange(code)).body).toEqual({ error: 'invalid_grant' });
		const asked = await site.get(`/oauth2/authorize?${site.query()}`);
		expect(location(asked).pathname).toBe('/_sign-in/p/login');
		const [, form = ''] = /name="form" value="([^"]+)"/.exec(String((await site.get(location(asked).href)).body)) ?? [];
		const answer = await site.post(`/login?${site.query()}`, { form, username: 'ada' });
		expect(answer.status).toBe(400);
		expect(String(answer.body)).toContain('This user is disabled');
	});

	it('is somebody again when enabled, over a restart too; old refresh tokens stay worth nothing', async () => {
		const before = await signedIn('ada');
		await admin('AdminDisableUser', ada);
		site = await createSite(world);
		expect((await admin('AdminGetUser', ada)).body.Enabled).toBe(false);
		await admin('AdminEnableUser', ada);
		expect((await site.refresh(before.refresh_token ?? '')).body).toEqual({ error: 'invalid_grant' });
		expect(subOf(await signedIn('ada'))).toBe(subOf(before));
	});
});

it('[security 8] who is signed out everywhere has no good refresh token; the browser stays signed in at the provider, as documented', async () => {
	const { refresh_token: refresh = '' } = await signedIn('ada');
	await admin('AdminUserGlobalSignOut', ada);
	expect((await site.refresh(refresh)).body).toEqual({ error: 'invalid_grant' });
	expect(location(await site.get(`/oauth2/authorize?${site.query()}`)).searchParams.has('code')).toBe(true);
});

describe('a deleted user', () => {
	it('has no tokens and no signed-in browser; the name makes another user', async () => {
		const before = await signedIn('ada');
		const code = location(await site.get(`/oauth2/authorize?${site.query()}`)).searchParams.get('code') ?? '';
		await admin('AdminDeleteUser', ada);
		expect((await site.refresh(before.refresh_token ?? '')).body).toEqual({ error: 'invalid_grant' });
		expect(location(await site.get(`/oauth2/authorize?${site.query()}`)).pathname).toBe('/_sign-in/p/login');
		expect(subOf(await signedIn('ada'))).not.toBe(subOf(before));
		// a code of the one is no code of the other
		expect((await site.exchange(code)).body).toEqual({ error: 'invalid_grant' });
	});
});
