import { createHash } from 'node:crypto';
import { Aws, Duration } from 'aws-cdk-lib';
import {
	CfnManagedLoginBranding,
	type CfnUserPoolClient,
	ManagedLoginVersion,
	OAuthScope,
	UserPoolClient,
	UserPoolClientIdentityProvider,
	UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Users } from '../data/users.ts';

export interface SignInProps {
	readonly users: Users;
	readonly deployment: string;
	/** origin of the page */
	readonly origin: string;
}

/** Unique per account, region and deployment, and free of the words that Cognito refuses in a domain (aws, amazon, cognito). */
const domainPrefix = (deployment: string): string =>
	`shellpod-${Aws.ACCOUNT_ID}-${createHash('sha256').update(deployment).digest('hex').slice(0, 8)}`;

/** The page's client at the user pool, and the pool's own sign-in pages. */
export class SignIn extends Construct {
	readonly client: UserPoolClient;
	readonly domain: UserPoolDomain;
	readonly issuer: string;

	constructor(scope: Construct, id: string, props: SignInProps) {
		super(scope, id);
		const { pool } = props.users;
		// Not pool.addClient: it would put the client, and with it the page's address, into the Data stack.
		this.client = new UserPoolClient(this, 'Client', {
			userPool: pool,
			generateSecret: false,
			supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
			oAuth: {
				flows: { authorizationCodeGrant: true },
				scopes: [OAuthScope.OPENID, OAuthScope.PROFILE],
				callbackUrls: [`${props.origin}/api/auth/callback`],
				logoutUrls: [`${props.origin}/`],
			},
			accessTokenValidity: Duration.minutes(10),
			idTokenValidity: Duration.minutes(10),
			refreshTokenValidity: Duration.days(30),
			// a lost answer may be asked for again
			refreshTokenRotationGracePeriod: Duration.seconds(60),
			enableTokenRevocation: true,
			preventUserExistenceErrors: true,
		});
		// Without a list Cognito allows refresh by API, which rotation excludes.
		(this.client.node.defaultChild as CfnUserPoolClient).explicitAuthFlows = ['ALLOW_USER_SRP_AUTH'];
		this.domain = new UserPoolDomain(this, 'Domain', {
			userPool: pool,
			cognitoDomain: { domainPrefix: domainPrefix(props.deployment) },
			managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
		});
		// The newer pages answer only for a client that has a style.
		new CfnManagedLoginBranding(this, 'Branding', {
			userPoolId: pool.userPoolId,
			clientId: this.client.userPoolClientId,
			useCognitoProvidedValues: true,
		});
		this.issuer = `https://cognito-idp.${Aws.REGION}.amazonaws.com/${pool.userPoolId}`;
	}

	/** https base of /oauth2/authorize, /oauth2/token, /oauth2/revoke and /logout */
	get base(): string {
		return this.domain.baseUrl();
	}
}
