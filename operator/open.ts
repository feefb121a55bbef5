/** Puts the command's parts together, with the operator's own credentials. */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createConnections } from '@shellpod/functions/adapters/connections.ts';
import { createGateway } from '@shellpod/functions/adapters/gateway.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createStartSwitch } from '@shellpod/functions/adapters/start-switch.ts';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { createRevocations } from '@shellpod/functions/core/revocations.ts';
import { itemsOf } from '@shellpod/functions/deps.ts';
import type { Log } from '@shellpod/functions/ports.ts';
import type { AwsIdentity } from '@shellpod/functions/sigv4.ts';
import { ecsClient } from '@shellpod/functions/task-deps.ts';
import { cloudFormationRefusal, createCloudFormation } from './cloud-formation.ts';
import { findDeployment } from './deployment.ts';
import { createPeople, userPoolRefusal } from './people.ts';
import { Problem } from './problem.ts';
import type { ShellPod } from './shellpod.ts';
import { createSignedCall, patientFetch, type SignedCallDeps } from './signed-call.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** By the SDK's own chain: variables, profiles, SSO, a machine's role. Any client has it. */
export const findIdentity = async (): Promise<AwsIdentity> => {
	const { config } = ecsClient();
	const region = await config.region().catch((cause: unknown) => {
		throw new Problem('Which region? Say --region, or set AWS_REGION.', 1, { cause });
	});
	try {
		const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
		return { region, accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
	} catch (cause) {
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new Problem(
			`No AWS credentials: ${why}\nSet AWS_PROFILE or say --profile, or sign in with \`aws sso login\` or \`aws login\`. --local is the ShellPod of this machine.`,
			1,
			{ cause },
		);
	}
};

/** The same names, in the same order, as the SDKs look at. */
const endpointOf = (environment: Environment, name: string, host: string): string =>
	`${(environment[`AWS_ENDPOINT_URL_${name}`] ?? environment.AWS_ENDPOINT_URL ?? `https://${host}`).replace(/\/$/, '')}/`;

const environmentOf = ({ region, accessKeyId, secretAccessKey, sessionToken }: AwsIdentity, environment: Environment): Environment => ({
	...environment,
	AWS_REGION: region,
	AWS_ACCESS_KEY_ID: accessKeyId,
	AWS_SECRET_ACCESS_KEY: secretAccessKey,
	AWS_SESSION_TOKEN: sessionToken,
});

export interface OpenOptions {
	identity: AwsIdentity;
	/** for endpoints */
	environment: Environment;
	/** name of the deployment */
	deployment: string;
	by: string;
	wait: SignedCallDeps['wait'];
	now: () => Date;
	log: Log;
}

export const openShellPod = async ({ identity, environment, deployment: name, by, wait, now, log }: OpenOptions): Promise<ShellPod> => {
	const call = (service: string, signingName: string, variable: string, refusalOf: SignedCallDeps['refusalOf']) =>
		createSignedCall({
			service,
			endpoint: endpointOf(environment, variable, `${signingName}.${identity.region}.amazonaws.com`),
			fetch: patientFetch(identity, signingName),
			refusalOf,
			wait,
		});
	const cloudFormation = createCloudFormation(call('AWS CloudFormation', 'cloudformation', 'CLOUDFORMATION', cloudFormationRefusal));
	const deployment = await findDeployment(cloudFormation, name, identity.region);
	const items = itemsOf(environmentOf(identity, environment), deployment.table);
	const access = createAccessRecords(items);
	const gateway = createGateway({ endpoint: deployment.connections, fetch: patientFetch(identity, 'execute-api'), log });
	return {
		deployment,
		people: createPeople({
			call: call('Amazon Cognito', 'cognito-idp', 'COGNITO_IDENTITY_PROVIDER', userPoolRefusal),
			pool: deployment.userPool,
		}),
		users: createUsers(items),
		sessions: createSessions(items),
		access,
		revocations: createRevocations({ access, connections: createConnections(items), gateway, now, log }),
		startSwitch: createStartSwitch(items),
		now,
		wait,
		by,
	};
};
