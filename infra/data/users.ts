import { invitationDays } from '@shellpod/functions/env.ts';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** Who may sign in. Self sign-up is off: the operator invites. */
export class Users extends Construct {
	readonly pool: UserPool;

	constructor(scope: Construct, id: string) {
		super(scope, id);
		this.pool = new UserPool(this, 'Pool', {
			selfSignUpEnabled: false,
			signInAliases: { username: true, email: true },
			signInCaseSensitive: false,
			autoVerify: { email: true },
			accountRecovery: AccountRecovery.EMAIL_ONLY,
			// managed login and the rotation of refresh tokens need it; free up to 10,000 users a month
			featurePlan: FeaturePlan.ESSENTIALS,
			mfa: Mfa.OPTIONAL,
			mfaSecondFactor: { otp: true, sms: false },
			passwordPolicy: { minLength: 12, tempPasswordValidity: Duration.days(invitationDays) },
			deletionProtection: true,
			removalPolicy: RemovalPolicy.RETAIN,
		});
	}
}
