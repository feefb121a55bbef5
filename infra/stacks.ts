import type { App } from 'aws-cdk-lib';
import { AppStack } from './app-stack.ts';
import { DataStack } from './data-stack.ts';
import type { Settings } from './settings.ts';

export interface Stacks {
	readonly data: DataStack;
	readonly app: AppStack;
}

/** Two stacks: what holds data and outlives everything, and what can be made again. References go from App to Data only. */
export const addStacks = (app: App, settings: Settings): Stacks => {
	const data = new DataStack(app, 'Data', { stackName: `${settings.deployment}-data`, description: 'ShellPod: what holds data' });
	const service = new AppStack(app, 'App', {
		stackName: `${settings.deployment}-app`,
		description: 'ShellPod: control plane, sessions, page',
		data,
		settings,
	});
	return { data, app: service };
};
