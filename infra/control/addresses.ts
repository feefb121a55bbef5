import { Aws } from 'aws-cdk-lib';

/** Path of the WebSocket on the page's origin, and name of its stage: CloudFront hands paths on as they are. */
export const socketStage = 'ws';

/** Host of an API, never behind CloudFront. */
export const apiHost = (apiId: string): string => `${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;

export const executeApiArn = (apiId: string, path: string): string =>
	`arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${apiId}/${path}`;

/** ARN of something that ECS in this account and region has. */
export const ecsArn = (resource: string): string => `arn:${Aws.PARTITION}:ecs:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

export const roleArn = (path: string): string => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role${path}`;
