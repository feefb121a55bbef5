import { readConfig } from '@shellpod/functions/config.ts';
import { env } from '@shellpod/functions/env.ts';
import { describe, expect, it } from 'vitest';

describe('config', () => {
	it('reads what a function names, and wants nothing else', () => {
		const config = readConfig({ [env.table]: 'shellpod', [env.subnets]: 'subnet-1,subnet-2', [env.maxSessions]: '10' }, [
			'table',
			'subnets',
			'maxSessions',
		]);
		expect(config).toEqual({ table: 'shellpod', subnets: ['subnet-1', 'subnet-2'], maxSessions: 10 });
	});

	it('says all that is missing or bad in one line', () => {
		const read = () =>
			readConfig({ [env.maxSessions]: '0', [env.pageOrigin]: 'https://pod.example/', [env.table]: '' }, ['table', 'maxSessions', 'pageOrigin']);
		expect(read).toThrow(
			'the environment of this function is not usable: SHELLPOD_TABLE is missing; SHELLPOD_MAX_SESSIONS must be a whole number of at least 1; SHELLPOD_PAGE_ORIGIN must be an origin',
		);
	});

	it.each([
		['cluster', 'shellpod'],
		['deployment', 'Shell_Pod'],
		['deployment', 'x'.repeat(13)],
		['subnets', 'subnet-1,'],
		['subnets', 'sg-1'],
		['securityGroup', 'subnet-1'],
		['fileSystem', 'fsap-1'],
		['homeRolePath', 'shellpod'],
		['connections', 'https://api.example/ws/'],
		['connections', 'wss://api.example/ws'],
		['pageOrigin', 'pod.example'],
		['freeSlots', '1.5'],
		['agentSeconds', '0'],
		['automaticRestarts', '-1'],
		['defaultBudget', '-1'],
		['defaultBudget', '0'],
		['maxBudget', '100001'],
		['maxBudget', '7.505'],
		['maxBudget', 'No'],
	] as const)('%s is not %j', (name, value) => {
		expect(() => readConfig({ [env[name]]: value }, [name])).toThrow(env[name]);
	});

	it.each([
		['cluster', 'arn:aws:ecs:us-east-1:000000000000:cluster/shellpod'],
		['homeRolePath', '/shellpod/homes/'],
		['homeRolePath', '/'],
		['connections', 'http://127.0.0.1:3000/execute-api/abc/ws'],
		['pageOrigin', 'http://localhost:8080'],
		['issuer', 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab3dE6gH9'],
		['signInBase', 'http://localhost:8080/_sign-in/shellpod-000000000000-1a2b3c4d'],
		['agentRoute', 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/agent/tickets'],
	] as const)('%s may be %j', (name, value) => {
		expect(readConfig({ [env[name]]: value }, [name])).toEqual({ [name]: value });
	});

	it.each([
		['none', undefined],
		['0.01', 0.01],
		['20', 20],
		['7.50', 7.5],
		['100000', 100_000],
	])('a budget may be %s', (value, maxBudget) => {
		expect(readConfig({ [env.maxBudget]: value }, ['maxBudget'])).toEqual({ maxBudget });
	});
});
