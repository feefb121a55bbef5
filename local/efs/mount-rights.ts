/** Whether a client may mount and write. https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html */
import { assumedRoleArn } from '../arn.ts';
import { decide, type Policies } from '../iam/evaluator/decide.ts';
import type { Context } from '../iam/evaluator/keys.ts';
import type { Policy } from '../iam/evaluator/policy.ts';
import { contextOf } from '../iam/judge.ts';
import { refusal } from '../iam/refusal.ts';
import type { Note } from '../iam/trail.ts';
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
export const mountRefusal = (
	action: MountAction,
	{ client, rights, policy, fileSystem, accessPoint }: MountRequest,
	note: Note = () => {},
): string | undefined => {
	// documented: the default policy gives everything to whoever reaches a mount target
	if (policy === undefined) return undefined;
	const context: Context = {
		'aws:SecureTransport': [String(client.tls)],
		'elasticfilesystem:AccessedViaMountTarget': ['true'],
		...(accessPoint === undefined ? {} : { 'elasticfilesystem:AccessPointArn': [accessPoint] }),
	};
	const call = { action: `elasticfilesystem:${action}`, resource: fileSystem, context };
	const known =
		client.role === undefined ? { caller: undefined } : { caller: { role: client.role }, context: { ...contextOf(client.role), ...context } };
	const decision = decide({ ...call, ...known }, { identity: [], ...rights, resource: policy });
	const name = client.role === undefined ? 'anonymous' : assumedRoleArn(client.role, client.session);
	const refused = refusal(name, call.action, fileSystem, decision);
	note({ ...call, caller: client.role ?? 'anonymous', ...(refused !== undefined && { refused }) });
	return refused;
};

export const judgeMount = (request: MountRequest, note: Note): { refused: string } | { readOnly: boolean } => {
	const refused = mountRefusal('ClientMount', request, note);
	return refused === undefined ? { readOnly: mountRefusal('ClientWrite', request, note) !== undefined } : { refused };
};
