/** What calls of the user pools API need. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html */
import type { AwsRequest, NeedsOf } from '../stand-in.ts';

/** The operation of a JSON 1.1 request. */
export const operationOf = ({ headers }: Pick<AwsRequest, 'headers'>): string => (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';

const known = ['AdminCreateUser', 'AdminDeleteUser', 'AdminDisableUser', 'AdminEnableUser', 'AdminGetUser', 'AdminUserGlobalSignOut', 'ListUsers'];

export const needsOfUserPool =
	(region: string, account: string): NeedsOf =>
	(request) => {
		const operation = operationOf(request);
		const { UserPoolId: pool } = JSON.parse(request.body.toString('utf8')) as { UserPoolId?: unknown };
		if (!known.includes(operation) || typeof pool !== 'string') return undefined;
		return [{ action: `cognito-idp:${operation}`, resources: [`arn:aws:cognito-idp:${region}:${account}:userpool/${pool}`] }];
	};
