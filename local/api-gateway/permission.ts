import type { LambdaStandIn } from '../lambda/stand-in.ts';
import type { World } from '../stand-in.ts';

/**
 * Throws when no `AWS::Lambda::Permission` lets this API invoke the function. On AWS it is deployed and every call fails; here it fails first.
 * @param path what stands after the API's id in the source's ARN
 */
export const checkPermission = (world: World, lambda: Pick<LambdaStandIn, 'permits'>, functionArn: string, apiId: string, path: string): void => {
	const source = `arn:aws:execute-api:${world.region}:${world.account}:${apiId}/${path}`;
	if (!lambda.permits(functionArn, 'apigateway.amazonaws.com', source))
		throw new Error(`no AWS::Lambda::Permission lets ${source} invoke ${functionArn}`);
};
