/** What the facts of an account mean for a deployment. Pure. */
import type { Facts, Read } from './facts.ts';

export interface Finding {
	/** bad: a deployment fails. warn: it carries less than it might */
	state: 'ok' | 'warn' | 'bad';
	says: string;
}

/** what the assembly asks for (`requiresBootstrapStackVersion`) */
const bootstrapVersion = 6;
/** invocations at once below which none can be reserved, and typing suffers when something else is busy */
const plenty = 1_000;
/** s that the relay takes for a message */
const relaySeconds = 0.05;
/** vCPU of a session */
const sessionVcpus = 1;
/** sessions at once below which it is said */
const fewSessions = 20;
/** of the roles that an account may have, those that homes may take */
const roleShare = 0.9;
const fewHomes = 50;
/** requests a second that the throttles are shares of, unless told otherwise (`gatewayRate` in infra/settings.ts), and the relay's share of them */
const usualRate = 10_000;
const relayShare = 0.45;

const finding = (state: Finding['state'], says: string): Finding => ({ state, says });

const of = <T>(name: string, read: Read<T>, judge: (value: T) => Finding): Finding =>
	'why' in read ? finding('warn', `${name}: could not be read (${read.why})`) : judge(read.value);

export const findings = (facts: Facts, region: string): Finding[] => [
	'why' in facts.caller
		? finding('bad', `identity: AWS does not take these credentials in ${region} (${facts.caller.why})`)
		: finding('ok', `identity: ${facts.caller.value.arn}, account ${facts.caller.value.account}, ${region}`),
	of('bootstrap', facts.bootstrap, (version) => {
		if (version === undefined) return finding('bad', `bootstrap: ${region} has no CDK bootstrap; \`npx aws-cdk@2 bootstrap\` makes it`);
		return version < bootstrapVersion
			? finding('bad', `bootstrap: version ${version}, ${bootstrapVersion} is needed; \`npx aws-cdk@2 bootstrap\` brings it`)
			: finding('ok', `bootstrap: version ${version}`);
	}),
	of('service-linked role of ECS', facts.serviceRole, (there) =>
		finding('ok', `service-linked role of ECS: ${there ? 'is there' : 'not there; npm run deploy makes it'}`),
	),
	of('Lambda', facts.concurrency, (most) => {
		const carries = `${most} invocations at once: about ${Math.floor(most / relaySeconds)} messages a second`;
		return most < plenty
			? finding('warn', `Lambda: ${carries}; ask for ${plenty} or more, and don't set reserveConcurrency`)
			: finding('ok', `Lambda: ${carries}`);
	}),
	of('Fargate', facts.vcpus, (vcpus) => {
		if (vcpus === undefined) return finding('warn', 'Fargate: AWS names no quota of vCPUs');
		const sessions = Math.floor(vcpus / sessionVcpus);
		const carries = `${vcpus} vCPUs: ${sessions} sessions at once`;
		return sessions < fewSessions
			? finding('warn', `Fargate: ${carries}; ask for more before you invite many`)
			: finding('ok', `Fargate: ${carries}`);
	}),
	of('IAM roles', facts.roles, ({ used, most }) => {
		const room = Math.max(0, Math.floor(most * roleShare) - used);
		const carries = `${used} of ${most} are taken: room for ${room} homes`;
		return room < fewHomes
			? finding(room === 0 ? 'bad' : 'warn', `IAM roles: ${carries}; ask for a larger quota`)
			: finding('ok', `IAM roles: ${carries}`);
	}),
	of('API Gateway', facts.gatewayRate, (rate = usualRate) => {
		const carries = `${rate} requests a second: ${Math.floor(rate * relayShare)} relayed messages`;
		return rate < usualRate
			? finding('warn', `API Gateway: ${carries}; deploy with -c gatewayRate=${rate}`)
			: finding('ok', `API Gateway: ${carries}`);
	}),
];
