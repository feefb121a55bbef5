/** AWS's own command line, unmodified: version 1 or 2, whatever `aws` is on the PATH, with nothing of this machine's own settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Said {
	code: number;
	out: string;
	error: string;
}

/** Names of commands that aren't the variable's with small letters. */
const variables: Readonly<Record<string, string>> = { 'cognito-idp': 'COGNITO_IDENTITY_PROVIDER' };

export interface AwsCli {
	version: string;
	/** Whether this version reads AWS_ENDPOINT_URL_<SERVICE>: 2 does since 2.13, 1 since 1.29. */
	readsEndpoints: boolean;
	/** With `--endpoint-url`, which every version knows. */
	byOption(service: string, ...args: string[]): Promise<Said>;
	/** By the variables alone. */
	byVariables(service: string, ...args: string[]): Promise<Said>;
	/** As `byOption` under another environment. */
	as(environment: Record<string, string>, service: string, ...args: string[]): Promise<Said>;
}

/**
 * @param environment what `npm start -- --aws-env` says
 * @param home a folder without `.aws`
 */
export const createAwsCli = async (environment: Readonly<Record<string, string>>, home: string): Promise<AwsCli> => {
	const run = async (more: Record<string, string>, args: readonly string[]): Promise<Said> => {
		const child = spawn('aws', args, {
			env: { PATH: process.env.PATH, HOME: home, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true', ...environment, ...more },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const said: Said = { code: -1, out: '', error: '' };
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			said.out += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			said.error += text;
		});
		[said.code] = (await once(child, 'close')) as [number];
		return said;
	};
	const endpointOf = (service: string): string =>
		environment[`AWS_ENDPOINT_URL_${variables[service] ?? service.toUpperCase()}`] ?? environment.AWS_ENDPOINT_URL ?? '';
	const { out, error } = await run({}, ['--version']);
	const version = /aws-cli\/(\S+)/.exec(`${out}${error}`)?.[1] ?? '';
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return {
		version,
		readsEndpoints: (major === 2 && minor >= 13) || (major === 1 && minor >= 29),
		byOption: (service, ...args) => run({}, [service, ...args, '--endpoint-url', endpointOf(service)]),
		byVariables: (service, ...args) => run({}, [service, ...args]),
		as: (more, service, ...args) => run(more, [service, ...args, '--endpoint-url', endpointOf(service)]),
	};
};
