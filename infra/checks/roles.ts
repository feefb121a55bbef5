/** Who may make and pass roles, and whom resources trust. */
import { type Check, get, list, nameOf } from './cloud.ts';
import { allows, asks, boundariesOf, policiesOf } from './policies.ts';

/** By any of these a role could be taken over, or freed of its boundary. */
const takeovers = [
	'iam:UpdateAssumeRolePolicy',
	'iam:DeleteRolePermissionsBoundary',
	'iam:PutRolePermissionsBoundary',
	'iam:AttachRolePolicy',
	'iam:CreatePolicyVersion',
	'iam:SetDefaultPolicyVersion',
];

export const takeoverRights: Check = (cloud) =>
	policiesOf(cloud)
		.filter(({ kind }) => kind === 'identity')
		.flatMap(({ where, statements }) =>
			takeovers
				.filter((action) => statements.some((statement) => allows(statement, action)))
				.map((action) => `${where} allows ${action}: with it a role outgrows what it was made for; remove it, a role's policy is written once.`),
		);

const making = ['iam:CreateRole', 'iam:PutRolePolicy'];

/** Roles are made under a boundary of the template, and the boundary has rules of its own (homes.ts). */
export const madeRoles: Check = (cloud) => {
	const policies = policiesOf(cloud);
	const boundaries = boundariesOf(policies).map(({ resource }) => `\${${resource.id}}`);
	return policies
		.filter(({ kind }) => kind === 'identity')
		.flatMap(({ where, statements }) =>
			statements.flatMap((statement) => {
				const made = making.filter((action) => allows(statement, action));
				const under = asks(statement, 'StringEquals', 'iam:PermissionsBoundary') ?? [];
				if (made.length === 0 || (under.length > 0 && under.every((boundary) => boundaries.includes(boundary)))) return [];
				return [`${where} allows ${made.join(', ')} without a boundary of this template: ask for iam:PermissionsBoundary with StringEquals.`];
			}),
		);
};

/** Only Homes' roles and the execution role, only to ECS tasks. */
export const passedRoles: Check = (cloud) => {
	const policies = policiesOf(cloud);
	const homes = policies.flatMap(({ statements }) =>
		statements.filter((one) => allows(one, 'iam:CreateRole')).flatMap(({ resources }) => [...resources]),
	);
	const execution = cloud.of('AWS::ECS::TaskDefinition').map(({ properties }) => cloud.text(get(properties, 'ExecutionRoleArn')));
	const narrow = (resource: string): boolean => (homes.includes(resource) && !/:role\/?\*/.test(resource)) || execution.includes(resource);
	return policies
		.filter(({ kind }) => kind === 'identity')
		.flatMap(({ where, statements }) =>
			statements
				.filter((statement) => allows(statement, 'iam:PassRole'))
				.flatMap((statement) => [
					...(asks(statement, 'StringEquals', 'iam:PassedToService')?.join() === 'ecs-tasks.amazonaws.com'
						? []
						: [`${where} passes roles to any service: ask for iam:PassedToService ecs-tasks.amazonaws.com.`]),
					...(statement.resources.every(narrow) && statement.resources.length > 0 && !statement.inverted
						? []
						: [
								`${where} passes ${statement.resources.join(', ') || 'every role'}: allow Homes' roles and the execution role of the definition alone.`,
							]),
				]),
		);
};

/** AWS's own policies change under us, and these checks can't read them. */
export const foreignPolicies: Check = (cloud) =>
	cloud.of('AWS::IAM::Role').flatMap((role) =>
		list(get(role.properties, 'ManagedPolicyArns'))
			.map(cloud.text)
			.filter((arn) => !cloud.of('AWS::IAM::ManagedPolicy').some(({ id }) => arn === `\${${id}}`))
			// the CDK's own function, run only while deploying
			.filter((arn) => !(role.id.startsWith('CustomCDKBucketDeployment') && arn.endsWith(':policy/service-role/AWSLambdaBasicExecutionRole')))
			.map((arn) => `${nameOf(role)} has the policy ${arn}, which can't be read here: write what the role needs into a policy of its own.`),
	);

/** What everybody of this account may do, a Home's role may too, whatever its own policy says. */
export const openResources: Check = (cloud) => [
	...policiesOf(cloud)
		.filter(({ kind }) => kind !== 'identity')
		.flatMap(({ where, statements }) =>
			statements
				.filter(({ effect, principals, inverted }) => effect === 'Allow' && (principals.includes('*') || inverted))
				.map(
					({ actions }) =>
						`${where} allows ${actions.join(', ')} to every principal, tenants' tasks among them: name a service or a role as its principal.`,
				),
		),
	...cloud
		.of('AWS::Lambda::Permission')
		.filter(({ properties }) => cloud.text(get(properties, 'Principal')) === '*')
		.map((permission) => `${nameOf(permission)} lets every principal invoke a function: name the service that does.`),
];
