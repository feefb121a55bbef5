/** What CloudFormation says of the contract stack, wherever it is. */
import { cloudFormationRefusal, createCloudFormation } from '../../../operator/cloud-formation.ts';
import { createSignedCall, patientFetch } from '../../../operator/signed-call.ts';
import { Outputs } from './outputs.ts';
import type { Identity } from './target.ts';

export const stackName = 'shellpod-contract';

/** Undefined: there is none. `endpoint`: CloudFormation's; undefined: AWS's own. */
export const readStack = async (identity: Identity, endpoint?: string): Promise<{ account: string; outputs: Outputs } | undefined> => {
	const call = createSignedCall({
		service: 'AWS CloudFormation',
		endpoint: `${endpoint ?? `https://cloudformation.${identity.region}.amazonaws.com`}/`,
		fetch: patientFetch(identity, 'cloudformation'),
		refusalOf: cloudFormationRefusal,
		wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
	});
	const found = await createCloudFormation(call).stack(stackName);
	return found && { account: found.id.split(':')[4] ?? '', outputs: Outputs.parse(found.outputs) };
};
