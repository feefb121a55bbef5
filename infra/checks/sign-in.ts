/** The user pool and its client (first-deploy 1.9, 1.10). */
import { type Check, get, list, nameOf } from './cloud.ts';

export const selfSignUp: Check = (cloud) =>
	cloud
		.of('AWS::Cognito::UserPool')
		.filter(({ properties }) => get(properties, 'AdminCreateUserConfig', 'AllowAdminCreateUserOnly') !== true)
		.map((pool) => `${nameOf(pool)} lets anybody sign up, and with it start tasks: turn self sign-up off.`);

/** The newer pages are served only for a client that has a style. */
export const branding: Check = (cloud) => {
	const newer = cloud.of('AWS::Cognito::UserPoolDomain').some(({ properties }) => get(properties, 'ManagedLoginVersion') === 2);
	const styled = cloud.of('AWS::Cognito::ManagedLoginBranding').map(({ properties }) => cloud.named(get(properties, 'ClientId'))?.id);
	return cloud
		.of('AWS::Cognito::UserPoolClient')
		.filter(({ id }) => newer && !styled.includes(id))
		.map((client) => `${nameOf(client)} has no style, without which its sign-in pages answer nothing: add a ManagedLoginBranding.`);
};

/** Rotation excludes refreshing by the API, and without a list Cognito allows it. */
export const rotation: Check = (cloud) =>
	cloud
		.of('AWS::Cognito::UserPoolClient')
		.filter(({ properties }) => {
			const flows = list(get(properties, 'ExplicitAuthFlows'));
			const rotates = get(properties, 'RefreshTokenRotation', 'Feature') === 'ENABLED';
			return !rotates || flows.length === 0 || flows.includes('ALLOW_REFRESH_TOKEN_AUTH');
		})
		.map(
			(client) =>
				`${nameOf(client)} refreshes without rotation, or in two ways: turn rotation on and list ExplicitAuthFlows without ALLOW_REFRESH_TOKEN_AUTH.`,
		);

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html */
export const domainPrefixes: Check = (cloud) =>
	cloud
		.of('AWS::Cognito::UserPoolDomain')
		.filter(({ properties }) => get(properties, 'CustomDomainConfig') === undefined)
		.filter(({ properties }) => {
			const prefix = cloud.text(get(properties, 'Domain')).replace(/\$\{AccountId\}/, '123456789012');
			return !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(prefix) || /aws|amazon|cognito/.test(prefix);
		})
		.map((domain) => `${nameOf(domain)} has a prefix that Cognito refuses: 1 to 63 of a-z, 0-9 and -, without aws, amazon and cognito.`);
