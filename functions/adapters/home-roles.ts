import {
	CreateRoleCommand,
	DeleteRoleCommand,
	DeleteRolePolicyCommand,
	EntityAlreadyExistsException,
	GetAccountSummaryCommand,
	type IAMClient,
	NoSuchEntityException,
	PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { madeByTag } from '../env.ts';
import type { HomeRoles, Unmake } from '../ports.ts';

/** name of the one policy that a Home's role has */
const policyName = 'home';

interface HomeRolesDeps {
	client: IAMClient;
	deployment: string;
	fileSystem: string;
	/** any ARN of this deployment: its partition, region and account are everything's */
	neighbour: string;
	path: string;
	boundary: string;
	agentRoute: string;
}

export const createHomeRoles = ({ client, deployment, fileSystem, neighbour, path, boundary, agentRoute }: HomeRolesDeps): HomeRoles => {
	const [, partition, , region, account] = neighbour.split(':');
	const here = `arn:${partition}`;
	const trust = JSON.stringify({
		Version: '2012-10-17',
		Statement: [
			{
				Effect: 'Allow',
				Principal: { Service: 'ecs-tasks.amazonaws.com' },
				Action: 'sts:AssumeRole',
				// ECS names itself by region and account, never by cluster.
				Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': `${here}:ecs:${region}:${account}:*` } },
			},
		],
	});
	const policy = (accessPointId: string): string =>
		JSON.stringify({
			Version: '2012-10-17',
			Statement: [
				{
					Effect: 'Allow',
					Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
					Resource: `${here}:elasticfilesystem:${region}:${account}:file-system/${fileSystem}`,
					Condition: {
						StringEquals: {
							'elasticfilesystem:AccessPointArn': `${here}:elasticfilesystem:${region}:${account}:access-point/${accessPointId}`,
						},
						Bool: { 'aws:SecureTransport': 'true', 'elasticfilesystem:AccessedViaMountTarget': 'true' },
					},
				},
				{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: agentRoute },
			],
		});

	return {
		async makeRole(roleName, accessPointId) {
			try {
				await client.send(
					new CreateRoleCommand({
						RoleName: roleName,
						Path: path,
						PermissionsBoundary: boundary,
						AssumeRolePolicyDocument: trust,
						Description: 'A Home of ShellPod: mounts one access point, asks for its agent tickets, nothing else',
						Tags: [{ Key: madeByTag, Value: deployment }],
					}),
				);
			} catch (error) {
				if (!(error instanceof EntityAlreadyExistsException)) throw error;
			}
			await client.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: policyName, PolicyDocument: policy(accessPointId) }));
			return `${here}:iam::${account}:role${path}${roleName}`;
		},

		async room() {
			const { SummaryMap: { Roles: roles, RolesQuota: quota } = {} } = await client.send(new GetAccountSummaryCommand({}));
			if (roles === undefined || quota === undefined) throw new Error('IAM does not say how many roles there are');
			return { left: quota - roles, quota };
		},
	};
};

const unlessGone = async (work: Promise<unknown>): Promise<void> => {
	try {
		await work;
	} catch (error) {
		if (!(error instanceof NoSuchEntityException)) throw error;
	}
};

export const removeRole =
	(client: IAMClient): Unmake['role'] =>
	async (name) => {
		await unlessGone(client.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: policyName })));
		await unlessGone(client.send(new DeleteRoleCommand({ RoleName: name })));
	};
