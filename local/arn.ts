/** Amazon resource names, as several stand-ins read them. */

/** IAM's wildcards: `*` any text, `?` one character. */
export const matchesArn = (pattern: string, arn: string): boolean => {
	const escaped = pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${escaped}$`, 's').test(arn);
};

/** The function's ARN in an integration's or authorizer's address, which is that ARN itself or API Gateway's form of it. */
export const functionArnOf = (uri: string): string => {
	const found = /^(?:arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/)?(arn:[^:]+:lambda:[^/]+?)(?:\/invocations)?$/.exec(uri);
	if (!found?.[1]) throw new Error(`an integration with ${uri} is not known to local mode`);
	return found[1];
};

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>` of a role's ARN; the role's path is not in it, as on AWS. */
export const assumedRoleArn = (roleArn: string, sessionName: string): string => {
	const [, , , , account = '', resource = ''] = roleArn.split(':');
	return resource.startsWith('role/') ? `arn:aws:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${sessionName}` : roleArn;
};
