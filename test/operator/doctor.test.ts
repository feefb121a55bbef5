/** What `npm run doctor` makes of an account, by the answers that AWS documents. */
import { describe, expect, it } from 'vitest';
import type { SignedAnswer, SignedFetch } from '../../functions/signed-fetch.ts';
import { readFacts } from '../../operator/doctor/facts.ts';
import { findings } from '../../operator/doctor/findings.ts';

const answer = (text: string, status = 200): SignedAnswer => ({ status, text });
const quotas = (...all: object[]): SignedAnswer => answer(JSON.stringify({ Quotas: all }));

/** An account that is fit. */
const usual: Record<string, SignedAnswer> = {
	'sts GetCallerIdentity': answer(
		'<GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/op/ada</Arn><Account>123456789012</Account></GetCallerIdentityResult>',
	),
	'cloudformation DescribeStacks': answer('<member><OutputKey>BootstrapVersion</OutputKey><OutputValue>28</OutputValue></member>'),
	'lambda account-settings': answer('{"AccountLimit":{"ConcurrentExecutions":1000}}'),
	'servicequotas fargate': quotas(
		{ QuotaCode: 'L-1', QuotaName: 'Fargate Spot vCPU resource count', Value: 4 },
		{ QuotaCode: 'L-2', QuotaName: 'Fargate On-Demand vCPU resource count', Value: 64 },
	),
	'servicequotas apigateway': quotas({ QuotaCode: 'L-8A5B8E43', QuotaName: 'Throttle rate', Value: 10_000 }),
	'iam GetAccountSummary': answer('<entry><key>Roles</key><value>40</value></entry><entry><key>RolesQuota</key><value>1000</value></entry>'),
	'iam GetRole': answer('<GetRoleResponse></GetRoleResponse>'),
};

/** Signed calls are answered by this table; what is not in it gets no answer. */
const ask = async (changes: Record<string, SignedAnswer | undefined> = {}) => {
	const table: Record<string, SignedAnswer | undefined> = { ...usual, ...changes };
	const asked: string[] = [];
	const fetchFor =
		(service: string, region: string): SignedFetch =>
		async (url, { method, body = '' }) => {
			const what = body.startsWith('{')
				? (JSON.parse(body) as { ServiceCode: string }).ServiceCode
				: (new URLSearchParams(body).get('Action') ?? url.split('/').at(-1));
			asked.push(`${method} ${new URL(url).host} ${region} ${what}`);
			return table[`${service} ${what}`];
		};
	const found = findings(await readFacts({ region: 'eu-west-1', fetchFor }), 'eu-west-1');
	return { asked, found, states: found.map(({ state }) => state), saying: (name: string) => found.find(({ says }) => says.startsWith(name)) };
};

describe('an account', () => {
	it('that is fit is told what it carries', async () => {
		const { found, asked } = await ask();
		expect(found).toEqual([
			{ state: 'ok', says: 'identity: arn:aws:sts::123456789012:assumed-role/op/ada, account 123456789012, eu-west-1' },
			{ state: 'ok', says: 'bootstrap: version 28' },
			{ state: 'ok', says: 'service-linked role of ECS: is there' },
			{ state: 'ok', says: 'Lambda: 1000 invocations at once: about 20000 messages a second' },
			{ state: 'ok', says: 'Fargate: 64 vCPUs: 64 sessions at once' },
			{ state: 'ok', says: 'IAM roles: 40 of 1000 are taken: room for 860 homes' },
			{ state: 'ok', says: 'API Gateway: 10000 requests a second: 4500 relayed messages' },
		]);
		// it reads, and nothing else
		expect(asked.every((one) => / (Get|Describe)\w+$|account-settings$|fargate$|apigateway$/.test(one))).toBe(true);
		expect(asked).toContain('POST iam.amazonaws.com us-east-1 GetRole');
		expect(asked).toContain('GET lambda.eu-west-1.amazonaws.com eu-west-1 account-settings');
	});

	it('that is new carries little, and is told so', async () => {
		const { saying } = await ask({
			'lambda account-settings': answer('{"AccountLimit":{"ConcurrentExecutions":10}}'),
			'servicequotas fargate': quotas({ QuotaName: 'Fargate On-Demand vCPU resource count', Value: 6 }),
			'iam GetRole': answer('<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>', 404),
			'servicequotas apigateway': quotas({ QuotaCode: 'L-8A5B8E43', Value: 2_500 }),
		});
		expect(saying('Lambda')).toEqual({
			state: 'warn',
			says: "Lambda: 10 invocations at once: about 200 messages a second; ask for 1000 or more, and don't set reserveConcurrency",
		});
		expect(saying('Fargate')?.state).toBe('warn');
		expect(saying('service-linked')).toEqual({ state: 'ok', says: 'service-linked role of ECS: not there; npm run deploy makes it' });
		expect(saying('API Gateway')?.says).toContain('-c gatewayRate=2500');
	});

	it('in which a deployment would fail is told why', async () => {
		const none = answer('<Error><Code>ValidationError</Code><Message>Stack with id CDKToolkit does not exist</Message></Error>', 400);
		expect((await ask({ 'cloudformation DescribeStacks': none })).saying('bootstrap')).toMatchObject({
			state: 'bad',
			says: expect.stringContaining('bootstrap` makes it'),
		});
		const old = answer('<OutputKey>BootstrapVersion</OutputKey><OutputValue>5</OutputValue>');
		expect((await ask({ 'cloudformation DescribeStacks': old })).saying('bootstrap')?.state).toBe('bad');
		const full = answer('<entry><key>Roles</key><value>950</value></entry><entry><key>RolesQuota</key><value>1000</value></entry>');
		expect((await ask({ 'iam GetAccountSummary': full })).saying('IAM roles')?.state).toBe('bad');
		const expired = answer('<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>', 403);
		expect((await ask({ 'sts GetCallerIdentity': expired })).saying('identity')).toEqual({
			state: 'bad',
			says: 'identity: AWS does not take these credentials in eu-west-1 (status 403, ExpiredToken)',
		});
	});

	it('that may not be read in one place is read in the others', async () => {
		const denied = answer('{"__type":"AccessDeniedException","Message":"no"}', 400);
		const { states, saying } = await ask({ 'servicequotas fargate': denied, 'lambda account-settings': undefined });
		expect(saying('Fargate')).toEqual({ state: 'warn', says: 'Fargate: could not be read (status 400, AccessDeniedException)' });
		expect(saying('Lambda')).toEqual({ state: 'warn', says: 'Lambda: could not be read (no answer)' });
		expect(states.filter((state) => state === 'ok')).toHaveLength(5);
	});
});
