/** What the template says about the pool, its client and its domain. A property that is not listed here is refused by name. */
import * as z from 'zod/mini';
import { readProperties } from '../properties.ts';
import type { ResourceInput } from '../stand-in.ts';

/** known, and without effect on one machine */
const noEffect = z.optional(z.unknown());
const flag = z.optional(z.boolean());
const texts = z.optional(z.array(z.string()));

const Pool = z.strictObject({
	UserPoolName: noEffect,
	UserPoolTier: noEffect,
	UserPoolTags: noEffect,
	DeletionProtection: noEffect,
	AccountRecoverySetting: noEffect,
	AliasAttributes: noEffect,
	AdminCreateUserConfig: noEffect,
	AutoVerifiedAttributes: noEffect,
	EmailConfiguration: noEffect,
	EmailVerificationMessage: noEffect,
	EmailVerificationSubject: noEffect,
	SmsVerificationMessage: noEffect,
	VerificationMessageTemplate: noEffect,
	MfaConfiguration: noEffect,
	EnabledMfas: noEffect,
	Policies: noEffect,
	Schema: noEffect,
	UsernameAttributes: noEffect,
	UsernameConfiguration: noEffect,
	WebAuthnRelyingPartyID: noEffect,
	WebAuthnUserVerification: noEffect,
});

const unit = z.optional(z.enum(['seconds', 'minutes', 'hours', 'days']));

const Client = z.strictObject({
	UserPoolId: z.string(),
	ClientName: noEffect,
	ExplicitAuthFlows: noEffect,
	PreventUserExistenceErrors: noEffect,
	AuthSessionValidity: noEffect,
	ReadAttributes: noEffect,
	WriteAttributes: noEffect,
	SupportedIdentityProviders: z.optional(z.array(z.literal('COGNITO'))),
	GenerateSecret: z.optional(z.literal(false)),
	AllowedOAuthFlowsUserPoolClient: z.literal(true),
	AllowedOAuthFlows: z.tuple([z.literal('code')]),
	AllowedOAuthScopes: z.array(z.string()),
	CallbackURLs: z.array(z.string()),
	DefaultRedirectURI: noEffect,
	LogoutURLs: texts,
	EnableTokenRevocation: flag,
	AccessTokenValidity: z.optional(z.number()),
	IdTokenValidity: z.optional(z.number()),
	RefreshTokenValidity: z.optional(z.number()),
	TokenValidityUnits: z.optional(z.strictObject({ AccessToken: unit, IdToken: unit, RefreshToken: unit })),
	RefreshTokenRotation: z.optional(
		z.strictObject({ Feature: z.enum(['ENABLED', 'DISABLED']), RetryGracePeriodSeconds: z.optional(z.int().check(z.gte(0), z.lte(60))) }),
	),
});

const Domain = z.strictObject({ UserPoolId: z.string(), Domain: z.string(), ManagedLoginVersion: noEffect });

const Branding = z.strictObject({
	UserPoolId: z.string(),
	ClientId: noEffect,
	UseCognitoProvidedValues: noEffect,
	ReturnMergedResources: noEffect,
	Settings: noEffect,
	Assets: noEffect,
});

/** A client of the pool as the machine wants it. Times in ms. */
export interface ClientSettings {
	id: string;
	scopes: readonly string[];
	callbackUrls: readonly string[];
	logoutUrls: readonly string[];
	accessTokenMs: number;
	idTokenMs: number;
	refreshTokenMs: number;
	revocation: boolean;
	/** absent: a refresh token stays what it is; else it is replaced at each use and is good for this long after */
	rotationGraceMs?: number;
}

const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/** @throws Error that names what is not covered */
export const readPool = (input: ResourceInput): void => void readProperties(Pool, input);

/** @throws Error that names what is not covered */
export const readClient = (input: ResourceInput, id: string): { pool: string; settings: ClientSettings } => {
	const client = readProperties(Client, input);
	const units = client.TokenValidityUnits;
	// Defaults: documented, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cognito-userpoolclient.html
	const ms = (value: number | undefined, given: Unit | undefined, usual: Unit, fallback: number) =>
		value ? value * unitMs[given ?? usual] : fallback;
	const rotation = client.RefreshTokenRotation;
	return {
		pool: client.UserPoolId,
		settings: {
			id,
			scopes: client.AllowedOAuthScopes,
			callbackUrls: client.CallbackURLs,
			logoutUrls: client.LogoutURLs ?? [],
			accessTokenMs: ms(client.AccessTokenValidity, units?.AccessToken, 'hours', unitMs.hours),
			idTokenMs: ms(client.IdTokenValidity, units?.IdToken, 'hours', unitMs.hours),
			refreshTokenMs: ms(client.RefreshTokenValidity, units?.RefreshToken, 'days', 30 * unitMs.days),
			revocation: client.EnableTokenRevocation ?? true,
			...(rotation?.Feature === 'ENABLED' ? { rotationGraceMs: (rotation.RetryGracePeriodSeconds ?? 0) * 1_000 } : {}),
		},
	};
};

/** @throws Error that names what is not covered */
export const readDomain = (input: ResourceInput): { pool: string; prefix: string } => {
	const domain = readProperties(Domain, input);
	return { pool: domain.UserPoolId, prefix: domain.Domain };
};

/** @throws Error that names what is not covered */
export const readBranding = (input: ResourceInput): { pool: string } => ({ pool: readProperties(Branding, input).UserPoolId });
