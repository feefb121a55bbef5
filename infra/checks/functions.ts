/** How functions run (first-deploy 1.8, 1.15, 2.1). */
import { type Check, type Cloud, get, nameOf, type Resource } from './cloud.ts';

/** Ours; the CDK's own run in Python, while deploying. */
const ours = (cloud: Cloud): Resource[] =>
	cloud.of('AWS::Lambda::Function').filter(({ properties }) => String(get(properties, 'Runtime')).startsWith('nodejs'));

/** An image of another architecture than the task's ends with "exec format error". */
export const architectures: Check = (cloud) => {
	const tasks = cloud
		.of('AWS::ECS::TaskDefinition')
		.map((one): [string, string] => [nameOf(one), String(get(one.properties, 'RuntimePlatform', 'CpuArchitecture') ?? 'X86_64')]);
	const wanted = tasks[0]?.[1] ?? 'ARM64';
	const name = wanted === 'ARM64' ? 'arm64' : 'x86_64';
	const platform = wanted === 'ARM64' ? 'linux/arm64' : 'linux/amd64';
	return [
		...tasks
			.filter(([, architecture]) => architecture !== wanted)
			.map(([where]) => `${where} has another architecture than ${wanted}: give all definitions one.`),
		...cloud.platforms
			.filter((one) => one !== platform)
			.map((one) => `an image is built for ${one ?? "the operator's machine"} and not for ${platform}: say its platform.`),
		...ours(cloud)
			.filter(({ properties }) => (cloud.text(get(properties, 'Architectures')) || 'x86_64') !== name)
			.map((one) => `${nameOf(one)} has another architecture than the tasks: make it ${name}.`),
	];
};

/** In an account whose limit is near 10, as new ones' is, any reservation fails the stack. */
export const reservedConcurrency: Check = (cloud) =>
	cloud.choices.reserveConcurrency
		? []
		: cloud
				.of('AWS::Lambda::Function')
				.filter(({ properties }) => get(properties, 'ReservedConcurrentExecutions') !== undefined)
				.map((one) => `${nameOf(one)} reserves concurrency, which fails in a new account: do so only under the context reserveConcurrency.`);

/** One START, END and REPORT line for each message is 15% of its price. */
export const messageLogs: Check = (cloud) =>
	ours(cloud)
		.filter(({ properties }) => cloud.text(get(properties, 'Description')) === 'ShellPod relay')
		.filter(({ properties }) => ['SystemLogLevel', 'ApplicationLogLevel'].some((level) => get(properties, 'LoggingConfig', level) !== 'WARN'))
		.map((one) => `${nameOf(one)} logs a line for every message: set both log levels to WARN.`);
