/**
 * What calls of execute-api need: an HTTP API's route with AWS_IAM, a WebSocket API's connection.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-using-iam-policies-to-invoke-api.html
 */
import type { Need } from '../stand-in.ts';
import { pathOf, unescapePath } from '../wire.ts';

/** @param stage of a WebSocket API, whose paths begin with it; undefined for an HTTP API, whose stage is no part of its paths */
export const needsOfApi = (arn: string, method: string, target: string, stage: string | undefined): Need[] => {
	const path = unescapePath(pathOf(target));
	return stage === undefined
		? [{ action: 'execute-api:Invoke', resources: [`${arn}/$default/${method}${path}`] }]
		: [{ action: 'execute-api:ManageConnections', resources: [`${arn}/${path.split('/')[1]}/${method}/${path.split('/').slice(2).join('/')}`] }];
};
