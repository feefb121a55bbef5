/** Which ShellPod is meant: its two stacks, and what they put out. */
import { UserLimits } from '@shellpod/protocol/http.ts';
import type { CloudFormation, StackFacts } from './cloud-formation.ts';
import { Problem } from './problem.ts';

export interface Deployment {
	name: string;
	region: string;
	account: string;
	/** origin of the page */
	page: string;
	table: string;
	userPool: string;
	/** base of @connections, stage included */
	connections: string;
	/** what a user may have for whom nothing else is set */
	limits: UserLimits;
	/** `npm start` and not AWS: nobody is invited there, who has the key comes in */
	oneMachine: boolean;
}

const appStack = (deployment: string): string => `${deployment}-app`;

/** Names of the deployments of this account and region. */
const deployments = (stacks: readonly StackFacts[]): string[] =>
	stacks.flatMap(({ name, description }) => (name.endsWith('-app') && description.startsWith('ShellPod:') ? [name.slice(0, -'-app'.length)] : []));

const noSuch = async (cloudFormation: CloudFormation, name: string, region: string): Promise<Problem> => {
	const others = deployments(await cloudFormation.all());
	if (others.length === 0)
		return new Problem(
			`There is no ShellPod in this account and region (${region}). Deploy one with npm run deploy, or choose with --region and --profile.`,
		);
	const which = others.length === 1 ? 'There is one called' : 'There are';
	return new Problem(`There is no ShellPod called ${name} in ${region}. ${which} ${others.join(', ')}: choose with --deployment.`);
};

export const findDeployment = async (cloudFormation: CloudFormation, name: string, region: string): Promise<Deployment> => {
	const app = await cloudFormation.stack(appStack(name));
	if (!app) throw await noSuch(cloudFormation, name, region);
	const data = await cloudFormation.stack(`${name}-data`);
	const outputs: Readonly<Record<string, string>> = { ...data?.outputs, ...app.outputs };
	const output = (key: string): string => {
		const value = outputs[key];
		if (value) return value;
		throw new Problem(`The stacks of ${name} have no output ${key} (${app.name} is ${app.status}): deploy this version with npm run deploy.`);
	};
	const page = output('PageAddress');
	return {
		name,
		region,
		account: app.id.split(':')[4] ?? '',
		page,
		table: output('TableName'),
		userPool: output('UserPoolId'),
		connections: output('Connections'),
		limits: UserLimits.parse(JSON.parse(output('Limits'))),
		oneMachine: new URL(page).hostname === 'localhost',
	};
};
