/** What the template allows and no call on one machine can use: the one list, each with its reason. An entry that came to be used fails. */
export interface NotExercised {
	/** whose it is */
	holder: RegExp;
	action: RegExp;
	reason: string;
}

export const notExercised: NotExercised[] = [
	{
		holder: /^[a-z-]+$/,
		action: /^logs:(CreateLogStream|PutLogEvents)$/,
		reason: "Lambda's own runtime writes logs with the function's role; here they go to a file, and the log service has no stand-in",
	},
	{
		holder: /^(task-events|sweep|slots|purge)$/,
		action: /^sqs:SendMessage$/,
		reason: 'Lambda itself sends with it what a function could not do; in the run all of these can',
	},
	{
		holder: /^([a-z-]+|page deployment)'s trust$/,
		action: /^sts:AssumeRole$/,
		reason: 'Lambda takes the role of a function; its stand-in issues keys of the role without asking',
	},
	{
		holder: /^execution role$/,
		action: /^ecr:(BatchCheckLayerAvailability|BatchGetImage|GetDownloadUrlForLayer|GetAuthorizationToken)$/,
		reason: 'ECS pulls images with it; here images are built of the Dockerfile',
	},
	{ holder: /^execution role's trust$/, action: /^sts:AssumeRole$/, reason: 'nothing is pulled, so nobody takes it' },
	{
		holder: /^page deployment$/,
		action: /^s3:/,
		reason: "CDK's own function copies the page at a deployment; it is made here, never run: the bucket's stand-in copies the folder",
	},
];

/** Policies that no stand-in judges, by their resource's type. */
export const notJudged: Record<string, string> = {
	'AWS::SQS::QueuePolicy': 'denies what comes without TLS, and lets EventBridge send what it could not deliver: no call with a role here',
	'AWS::SNS::TopicPolicy': 'denies what comes without TLS, and lets CloudWatch send alarms: nothing rings here',
	'AWS::S3::BucketPolicy':
		"denies what comes without TLS, and lets this distribution read the page: S3's API has no stand-in, and that of CloudFront reads the folder",
};

/** AWS's own policies, whose text is not in the template. */
export const ofAws = [
	// logs of CDK's own function, which is never run here
	/^page deployment: arn:aws:iam::aws:policy\/service-role\/AWSLambdaBasicExecutionRole$/,
];
