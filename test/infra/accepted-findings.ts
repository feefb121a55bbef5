/** What the AwsSolutions rules of cdk-nag ask for and this app leaves out, each with what it would cost or why it doesn't hold here. */
export interface AcceptedFinding {
	/** the rule, without what it found in brackets */
	readonly rule: string;
	/** the construct path begins with this */
	readonly where: string;
	readonly reason: string;
}

const accept = (rule: string, where: string, reason: string): AcceptedFinding => ({ rule: `AwsSolutions-${rule}`, where, reason });

export const acceptedFindings: readonly AcceptedFinding[] = [
	accept(
		'VPC7',
		'Data/Network',
		'Flow logs: $0.50/GB of what tenants cause; tasks accept nothing, so they would show only what the users themselves do.',
	),
	accept('COG1', 'Data/Users', 'At least 12 characters and no rules of composition, as NIST SP 800-63B asks for.'),
	accept('COG2', 'Data/Users', "A second factor (one-time passwords) is the user's choice; the operator may demand it in the pool."),
	accept('COG8', 'Data/Users', 'The Plus plan is $0.02 per user and month from the first user; the plan here is free up to 10,000 users.'),
	accept('APIG1', 'App/Http/Stage', "Access logs: $0.50/GB; the function logs what fails, with the request's id."),
	accept(
		'APIG1',
		'App/Socket/Stage',
		'WebSocket logs need a role that is set once for the whole account, and add 15-20% to the price of each relayed message.',
	),
	accept('APIG4', 'App/Http/Api/GET--api--openapi.json', 'The description of the API is public.'),
	accept('APIG4', 'App/Http/Api/GET--api--auth', "How one gets a token can't ask for one; state, PKCE and cookies guard it."),
	accept('APIG4', 'App/Http/Api/POST--api--auth', 'The refresh token is in a cookie; the function checks it, the custom header and Sec-Fetch-Site.'),
	accept('APIG4', 'App/Socket', 'API Gateway authorizes a WebSocket once, at $connect; the other routes get that decision as their context.'),
	accept('S1', 'App/Page/Bucket', 'The bucket holds the public page and is read by CloudFront alone.'),
	accept('CFR1', 'App/Page/Distribution', 'Users may come from anywhere.'),
	accept(
		'CFR2',
		'App/Page/Distribution',
		'A web ACL is $5 a month and $1 per rule before the first request; throttles and tickets stand in front of everything that costs.',
	),
	accept('CFR3', 'App/Page/Distribution', 'Access logs: storage and requests for a page that anyone may load.'),
	accept('CFR4', 'App/Page/Distribution', "CloudFront's own certificate takes TLS 1.0 on; a domain of the operator's would be needed to forbid it."),
	accept('IAM4', 'App/Custom::CDKBucketDeployment', "The CDK's own function, run only while deploying."),
	accept('IAM5', 'App/Custom::CDKBucketDeployment', "The CDK's own function, run only while deploying: the bucket of assets and the page's bucket."),
	accept('L1', 'App/Custom::CDKBucketDeployment', "The CDK's own function: its run time is the CDK's to choose."),
	accept('SQS3', 'App/Events/Failed-', 'These are the dead-letter queues, of functions and rules.'),
	accept('ECS4', 'App/Sessions/Cluster', 'Container Insights: about $0.07 per metric, task and month, with a charge per task that ever ran.'),
	accept('ECS2', 'App/Sessions/Definition', 'The one variable is the public address of the API.'),
	accept('ECS7', 'App/Sessions/Definition', 'A tenant is root in the container and could write 50 MB/s into the log: $90 an hour.'),
	accept('IAM5', 'App/Sessions/ExecutionRole', 'ecr:GetAuthorizationToken knows no resources.'),
	accept('IAM5', 'App/Sessions/HomeBoundary', 'The routes for agents, on whatever stage.'),
	accept(
		'IAM5',
		'App/Control',
		'What is made at run time is known by its path, family or cluster only; ListTasks, RegisterTaskDefinition and DescribeTaskDefinition know no resources.',
	),
];
