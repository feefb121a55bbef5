/** Whether a client may mount and write. https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
import { assumedRoleArn } from '../arn.ts';
import { decide, type Policies } from '../iam/evaluator/decide.ts';
import type { Context } from '../iam/evaluator/keys.ts';
import type { Policy } from '../iam/evaluator/policy.ts';
import { contextOf, refusal } from '../iam/judge.ts';
import type { MountClient } from './efs.ts';

export interface MountRequest {
	client: MountClient;
	/** what the client's role may do; undefined: it has none, or it is gone */
	rights: Policies | undefined;
	/** the file system's policy; undefined: the default one */
	policy: Policy | undefined;
	/** ARNs */
	fileSystem: string;
	accessPoint: string | undefined;
}

export type MountAction = 'ClientMount' | 'ClientWrite' | 'ClientRootAccess';

/** Why the action is refused; undefined: it is allowed. Clients here come through a mount target, as there is no other way in a VPC. */
export const mountRefusal = (action: MountAction, { client, rights, policy, fileSystem, accessPoint }: MountRequest): string | undefined => {
	// documented: the default policy gives everything to whoever reaches a mount target
	if (policy === undefined) return undefined;
	const context: Context = {
		...(client.role === undefined ? {} : contextOf(client.role)),
		'aws:SecureTransport': [String(client.tls)],
		'elasticfilesystem:AccessedViaMountTarget': ['true'],
		...(accessPoint === undefined ? {} : { 'elasticfilesystem:AccessPointArn': [accessPoint] }),
	};
	const name = `elasticfilesystem:${action}`;
	const caller = client.role === undefined ? undefined : { role: client.role };
	const decision = decide({ caller, action: name, resource: fileSystem, context }, { identity: [], ...rights, resource: policy });
	if (decision.allowed) return undefined;
	return refusal(client.role === undefined ? 'anonymous' : assumedRoleArn(client.role, client.session), name, fileSystem, decision);
};

export const judgeMount = (request: MountRequest): { refused: string } | { readOnly: boolean } => {
	const refused = mountRefusal('ClientMount', request);
	return refused === undefined ? { readOnly: mountRefusal('ClientWrite', request) !== undefined } : { refused };
};
