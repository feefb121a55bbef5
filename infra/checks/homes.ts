/** Who may mount a Home: the file system's policy, the boundary of Homes' roles, and the policy that each gets at run time. */
import { type Check, get, type Json, list, nameOf } from './cloud.ts';
import { allows, asks, boundariesOf, policiesOf, type Statement, statementsOf } from './policies.ts';

const mounting = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'];
const root = 'elasticfilesystem:ClientRootAccess';

/** What must be denied to everybody, each by what a statement of it looks like. */
const denials: readonly { what: string; mend: string; is: (statement: Statement) => boolean }[] = [
	{ what: 'mounts without TLS', mend: 'aws:SecureTransport is "false"', is: (one) => asks(one, 'Bool', 'aws:SecureTransport')?.join() === 'false' },
	{
		what: 'mounts without an access point',
		mend: 'elasticfilesystem:AccessPointArn is absent',
		is: (one) => asks(one, 'Null', 'elasticfilesystem:AccessPointArn')?.join() === 'true',
	},
	{
		what: 'other accounts and anonymous clients',
		mend: "aws:PrincipalAccount is not this account's",
		is: (one) => asks(one, 'StringNotEquals', 'aws:PrincipalAccount') !== undefined,
	},
];

/** The policy only denies, and denies enough: what EFS does without one is to let everybody in. */
export const fileSystemPolicies: Check = (cloud) =>
	cloud.of('AWS::EFS::FileSystem').flatMap((fileSystem) => {
		const where = nameOf(fileSystem);
		const policy = get(fileSystem.properties, 'FileSystemPolicy');
		if (policy === undefined) return [`${where} has no policy, so that whoever reaches a mount target has every Home: give it one that denies.`];
		const statements = statementsOf(policy, cloud.text);
		const denied = statements.filter(({ effect, principals, inverted }) => effect === 'Deny' && principals.includes('*') && !inverted);
		const all = (statement: Statement): boolean => [...mounting, root].every((action) => statement.actions.includes(action));
		return [
			...statements
				.filter(({ effect }) => effect === 'Allow')
				.map(
					({ actions }) =>
						`${where} allows ${actions.join(', ')} in its policy: rights belong to each Home's role; remove the statement, and keep @aws-cdk/aws-efs:denyAnonymousAccess false, which adds one.`,
				),
			...denials
				.filter(({ is }) => !denied.some((statement) => all(statement) && statement.conditions.length === 1 && is(statement)))
				.map(({ what, mend }) => `${where} does not deny ${what}: deny all three client actions to everybody when ${mend}.`),
			...(denied.some(({ actions, conditions }) => actions.includes(root) && conditions.length === 0)
				? []
				: [`${where} does not deny root: deny ${root} to everybody, without a condition.`]),
		];
	});

/** Routes that an agent calls: `<api>/<stage>/POST/agent/<...>` of one API. */
const agentRoute = /:execute-api:[^:*]+:[^:*]+:[^/*]+\/\*\/POST\/agent\//;

/**
 * What is wrong with the policy of a Home's role, or with the boundary of all of them, which can't name the access point.
 * @param where whose it is, for people
 */
export const homeRights = (where: string, statements: readonly Statement[], kind: 'role' | 'boundary'): string[] =>
	statements
		.filter(({ effect }) => effect === 'Allow')
		.flatMap((statement) => {
			const { actions, resources, inverted } = statement;
			if (inverted || resources.includes('*'))
				return [`${where} allows ${actions.join(', ')} on whatever there is: name the action and the resource.`];
			if (actions.every((action) => action === 'execute-api:Invoke'))
				return resources.every((resource) => agentRoute.test(resource))
					? []
					: [`${where} may call more than the agent's routes: allow execute-api:Invoke on */POST/agent/ of the HTTP API alone.`];
			const foreign = actions.filter((action) => !mounting.includes(action));
			const points = asks(statement, 'StringEquals', 'elasticfilesystem:AccessPointArn') ?? [];
			const one = points.length === 1 && /:access-point\/[\w${}.-]+$/.test(points[0] ?? '');
			const some = asks(statement, 'Null', 'elasticfilesystem:AccessPointArn')?.join() === 'false';
			return [
				...foreign.map((action) => `${where} allows ${action}: a Home's role mounts and calls the agent's routes, nothing else.`),
				...(one || (kind === 'boundary' && some)
					? []
					: [`${where} mounts any access point: ask for ${kind === 'role' ? 'its own' : 'one'} by elasticfilesystem:AccessPointArn.`]),
				...(asks(statement, 'Bool', 'aws:SecureTransport')?.join() === 'true' ? [] : [`${where} mounts without TLS: ask for aws:SecureTransport.`]),
				...(asks(statement, 'Bool', 'elasticfilesystem:AccessedViaMountTarget')?.join() === 'true'
					? []
					: [`${where} mounts past mount targets: ask for elasticfilesystem:AccessedViaMountTarget.`]),
			];
		});

/** A policy document as it is sent to IAM. */
export const homeRolePolicy = (where: string, document: string): string[] => homeRights(where, statementsOf(JSON.parse(document) as Json), 'role');

export const homeBoundaries: Check = (cloud) => {
	const boundaries = boundariesOf(policiesOf(cloud));
	return boundaries.flatMap(({ where, statements }) => homeRights(where, statements, 'boundary'));
};

/** Roles that stand in a template belong to the control plane or to whole families of tasks: none of them may mount. */
export const mountsByOthers: Check = (cloud) => {
	const policies = policiesOf(cloud);
	const boundaries = boundariesOf(policies);
	return policies
		.filter((policy) => policy.kind === 'identity' && !boundaries.includes(policy))
		.flatMap(({ where, statements }) =>
			statements
				.filter((statement) => [...mounting, root].some((action) => allows(statement, action)))
				.map(
					({ actions }) =>
						`${where} allows ${actions.join(', ')}: a role of the template is shared; only a Home's own role, made with it, may mount.`,
				),
		);
};

/** A volume of a definition in the template: under the task's role, by its access point, over TLS. */
export const volumes: Check = (cloud) =>
	cloud.of('AWS::ECS::TaskDefinition').flatMap((definition) =>
		list(get(definition.properties, 'Volumes')).flatMap((volume) => {
			const efs = get(volume, 'EFSVolumeConfiguration') ?? get(volume, 'EfsVolumeConfiguration');
			if (efs === undefined) return [];
			const authorization = get(efs, 'AuthorizationConfig');
			const good =
				get(efs, 'TransitEncryption') === 'ENABLED' &&
				get(authorization, 'IAM') === 'ENABLED' &&
				get(authorization, 'AccessPointId') !== undefined &&
				get(efs, 'RootDirectory') === undefined;
			return good
				? []
				: [
						`${nameOf(definition)} mounts a file system openly: give the volume TransitEncryption, IAM ENABLED and an AccessPointId, and no RootDirectory.`,
					];
		}),
	);
