import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUserPool } from '../../../local/user-pool/user-pool.ts';
import { resource, type StillWorld, stillWorld } from '../../support/world.ts';
import { clientProperties, createSite } from './pool-fixture.ts';

let world: StillWorld;
beforeEach(() => {
	world = stillWorld();
});
afterEach(() => world.remove());

it('gives what CloudFormation gives, and the same at the next start', async () => {
	const outputs = async () => {
		const standIn = createUserPool(world);
		const pool = await standIn.create(resource('AWS::Cognito::UserPool', 'Users', {}));
		const rest = { UserPoolId: pool.ref };
		return [
			pool,
			await standIn.create(resource('AWS::Cognito::UserPoolClient', 'Page', { ...clientProperties, ...rest })),
			await standIn.create(resource('AWS::Cognito::UserPoolDomain', 'Domain', { ...rest, Domain: 'p' })),
			await standIn.create(resource('AWS::Cognito::ManagedLoginBranding', 'Style', { ...rest, UseCognitoProvidedValues: true })),
		] as const;
	};
	const [pool, client, domain, style] = await outputs();
	expect(pool.ref).toMatch(/^us-east-1_[A-Za-z0-9]{9}$/);
	expect(pool.attributes).toMatchObject({
		Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${pool.ref}`,
		ProviderName: `cognito-idp.us-east-1.amazonaws.com/${pool.ref}`,
		ProviderURL: `https://cognito-idp.us-east-1.amazonaws.com/${pool.ref}`,
		UserPoolId: pool.ref,
	});
	expect(client.ref).toMatch(/^[a-z0-9]{26}$/);
	expect(domain.ref).toBe('p');
	expect(style.attributes.ManagedLoginBrandingId).toMatch(/^[0-9a-f-]{36}$/);
	expect(await outputs()).toEqual([pool, client, domain, style]);
});

it.each([
	['AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: 'arn' } }, 'LambdaConfig'],
	['AWS::Cognito::UserPoolClient', { ...clientProperties, GenerateSecret: true }, 'GenerateSecret'],
	['AWS::Cognito::UserPoolClient', { ...clientProperties, AllowedOAuthFlows: ['implicit'] }, 'AllowedOAuthFlows'],
	['AWS::Cognito::UserPoolDomain', { UserPoolId: 'x', Domain: 'p', CustomDomainConfig: {} }, 'CustomDomainConfig'],
	['AWS::Cognito::IdentityPool', {}, 'IdentityPool'],
])('refuses by name what it can’t do: %s', (type, properties, name) => {
	expect(() => createUserPool(world).create(resource(type, 'Thing', properties))).toThrow(name);
});

it('lets only a server’s own requests pass the gate', async () => {
	const { standIn } = await createSite(world);
	expect(standIn.passesGate('POST', '/_sign-in/p/oauth2/token')).toBe(true);
	expect(standIn.passesGate('POST', '/_sign-in/p/oauth2/revoke')).toBe(true);
	for (const [method, path] of [
		['GET', '/_sign-in/p/oauth2/token'],
		['POST', '/_sign-in/p/login'],
		['POST', '/_sign-in/q/oauth2/token'],
		['GET', '/_sign-in/p/oauth2/authorize'],
	] as const)
		expect(standIn.passesGate(method, path)).toBe(false);
});
