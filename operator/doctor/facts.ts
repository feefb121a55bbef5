/**
 * What an account and region say of themselves, by calls that only read. Each may be refused alone.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html, https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html,
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html, https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
import type { SignedAnswer, SignedFetch } from '@shellpod/functions/signed-fetch.ts';

/** What was read; or why not, in a few words. */
export type Read<T> = { value: T } | { why: string };

export interface Caller {
	account: string;
	arn: string;
}

export interface Facts {
	caller: Read<Caller>;
	/** version of the CDK's bootstrap stack; undefined: there is none */
	bootstrap: Read<number | undefined>;
	/** invocations of functions at once */
	concurrency: Read<number>;
	/** of Fargate, at once; undefined: AWS names no such quota */
	vcpus: Read<number | undefined>;
	/** requests a second that API Gateway takes */
	gatewayRate: Read<number | undefined>;
	roles: Read<{ used: number; most: number }>;
	/** ECS's own role */
	serviceRole: Read<boolean>;
}

export interface FactsDeps {
	region: string;
	/** signs for a service in a region */
	fetchFor: (service: string, region: string) => SignedFetch;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target });
const textOf = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
/** a number in a list of `entry`s with `key` and `value` */
const entryOf = (xml: string, key: string): number => Number(new RegExp(`<key>${key}</key>\\s*<value>(\\d+)</value>`).exec(xml)?.[1]);

/** AWS's own name of a refusal. */
const codeOf = (text: string): string => textOf(text, 'Code') ?? /"(?:__type|code|Code)"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ?? 'no reason';
const wordsOf = (answer: SignedAnswer | undefined): string => (answer ? `status ${answer.status}, ${codeOf(answer.text)}` : 'no answer');

interface Quota {
	QuotaCode?: string;
	QuotaName?: string;
	Value?: number;
}

/** API Gateway's requests a second; Fargate's is found by its name */
const gatewayQuota = 'L-8A5B8E43';
const fargateQuota = /fargate on-demand vcpu/i;

export const readFacts = async ({ region, fetchFor }: FactsDeps): Promise<Facts> => {
	/** `take` gives undefined for what is no answer of that call. */
	const ask = async <T>(work: Promise<SignedAnswer | undefined>, take: (answer: SignedAnswer) => Read<T> | undefined): Promise<Read<T>> => {
		const answer = await work;
		return (answer && take(answer)) ?? { why: wordsOf(answer) };
	};
	const query = (service: string, host: string, signedIn: string, fields: Record<string, string>) =>
		fetchFor(service, signedIn)(`https://${host}/`, { method: 'POST', headers: form, body: new URLSearchParams(fields).toString() });
	// IAM is one for all regions, and signs for this one
	const iam = (fields: Record<string, string>) => query('iam', 'iam.amazonaws.com', 'us-east-1', { Version: '2010-05-08', ...fields });
	const ok = <T>(answer: SignedAnswer, value: (text: string) => T): Read<T> | undefined =>
		answer.status === 200 ? { value: value(answer.text) } : undefined;

	const quotaOf = async (service: string, fits: (quota: Quota) => boolean): Promise<Read<number | undefined>> => {
		const quotas = fetchFor('servicequotas', region);
		for (let next: string | undefined; ; ) {
			const answer = await quotas(`https://servicequotas.${region}.amazonaws.com/`, {
				method: 'POST',
				headers: json('ServiceQuotasV20190624.ListServiceQuotas'),
				body: JSON.stringify({ ServiceCode: service, MaxResults: 100, ...(next !== undefined && { NextToken: next }) }),
			});
			if (answer?.status !== 200) return { why: wordsOf(answer) };
			const page = JSON.parse(answer.text) as { Quotas?: Quota[]; NextToken?: string };
			const found = page.Quotas?.find(fits);
			next = page.NextToken;
			if (found || next === undefined) return { value: found?.Value };
		}
	};

	const [caller, bootstrap, concurrency, vcpus, gatewayRate, roles, serviceRole] = await Promise.all([
		ask(query('sts', `sts.${region}.amazonaws.com`, region, { Action: 'GetCallerIdentity', Version: '2011-06-15' }), (answer) =>
			ok(answer, (text): Caller => ({ account: textOf(text, 'Account') ?? '', arn: textOf(text, 'Arn') ?? '' })),
		),
		ask(
			query('cloudformation', `cloudformation.${region}.amazonaws.com`, region, {
				Action: 'DescribeStacks',
				Version: '2010-05-15',
				StackName: 'CDKToolkit',
			}),
			(answer): Read<number | undefined> | undefined =>
				answer.text.includes('does not exist')
					? { value: undefined }
					: ok(answer, (text) => Number(/<OutputKey>BootstrapVersion<\/OutputKey>\s*<OutputValue>(\d+)</.exec(text)?.[1] ?? 0)),
		),
		ask(fetchFor('lambda', region)(`https://lambda.${region}.amazonaws.com/2016-08-19/account-settings`, { method: 'GET' }), (answer) =>
			ok(answer, (text) => (JSON.parse(text) as { AccountLimit: { ConcurrentExecutions: number } }).AccountLimit.ConcurrentExecutions),
		),
		quotaOf('fargate', ({ QuotaName = '' }) => fargateQuota.test(QuotaName)),
		quotaOf('apigateway', ({ QuotaCode }) => QuotaCode === gatewayQuota),
		ask(iam({ Action: 'GetAccountSummary' }), (answer) =>
			ok(answer, (text) => ({ used: entryOf(text, 'Roles'), most: entryOf(text, 'RolesQuota') })),
		),
		ask(iam({ Action: 'GetRole', RoleName: 'AWSServiceRoleForECS' }), (answer): Read<boolean> | undefined =>
			answer.status === 404 ? { value: false } : ok(answer, () => true),
		),
	]);
	return { caller, bootstrap, concurrency, vcpus, gatewayRate, roles, serviceRole };
};
