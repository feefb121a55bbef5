import { describe, expect, test } from 'vitest';
import { synthesize } from './templates.ts';

const synthesized = synthesize();
const client = synthesized.one('AWS::Cognito::UserPoolClient');

describe('sign-in', () => {
	test('[1.9] the newer pages come with a style for the client', () => {
		expect(synthesized.one('AWS::Cognito::UserPoolDomain').Properties.ManagedLoginVersion).toBe(2);
		expect(synthesized.one('AWS::Cognito::ManagedLoginBranding').Properties).toMatchObject({
			ClientId: { Ref: client.id },
			UseCognitoProvidedValues: true,
		});
	});

	test("[1.9] the domain's prefix is one that Cognito takes", () => {
		const { Domain } = synthesized.one('AWS::Cognito::UserPoolDomain').Properties;
		const [separator, parts] = Domain['Fn::Join'];
		const prefix = parts.map((part: string | { Ref: string }) => (typeof part === 'string' ? part : '123456789012')).join(separator);
		expect(prefix).toMatch(/^shellpod-123456789012-[0-9a-f]{8}$/);
		expect(prefix).not.toMatch(/aws|amazon|cognito/);
		expect(prefix.length).toBeLessThanOrEqual(63);
	});

	test('[1.9] nobody signs up alone', () => {
		expect(synthesized.one('AWS::Cognito::UserPool').Properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
	});

	test('[1.10] refresh tokens rotate, and are refreshed in no other way', () => {
		expect(client.Properties.RefreshTokenRotation).toEqual({ Feature: 'ENABLED', RetryGracePeriodSeconds: 60 });
		expect(client.Properties.ExplicitAuthFlows).toEqual(['ALLOW_USER_SRP_AUTH']);
	});

	test("[1.10] the code flow alone, back to the control plane on the page's origin", () => {
		const distribution = synthesized.one('AWS::CloudFront::Distribution').id;
		const url = (path: string) => ({ 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': [distribution, 'DomainName'] }, path]] });
		expect(client.Properties).toMatchObject({
			AllowedOAuthFlows: ['code'],
			AllowedOAuthScopes: ['openid', 'profile'],
			CallbackURLs: [url('/api/auth/callback')],
			LogoutURLs: [url('/')],
			GenerateSecret: false,
			AccessTokenValidity: 10,
			EnableTokenRevocation: true,
		});
	});
});
