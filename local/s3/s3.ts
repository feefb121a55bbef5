/** The stand-in for Amazon S3: buckets of the template as folders, filled by CDK's bucket deployments, read by the distribution, used by SDKs. */
import { join } from 'node:path';
import * as z from 'zod/mini';
import { stableId } from '../assembly/names.ts';
import { type Policy, readPolicy } from '../iam/evaluator/policy.ts';
import { PolicyProblem } from '../iam/evaluator/problem.ts';
import { readProperties } from '../properties.ts';
import type { AwsResponse, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { fill } from './deployment.ts';
import { LifecycleConfiguration, objectIsDue, type Rule, uploadIsDue } from './lifecycle.ts';
import { onUploads } from './multipart.ts';
import { needsOfS3 } from './needs.ts';
import { headersOf, onObjects } from './objects.ts';
import { S3Problem } from './problem.ts';
import { readRequest } from './request.ts';
import { type Bucket, openBucket } from './store.ts';
import { s3Failure } from './xml.ts';

/** ms between two looks at what lifecycle rules end */
const sweepMs = 3_600_000;

/** known, and without effect on one machine */
const noEffect = z.optional(z.unknown());

const BucketProperties = z.strictObject({
	BucketName: z.optional(z.string()),
	BucketEncryption: noEffect,
	LifecycleConfiguration: z.optional(LifecycleConfiguration),
	OwnershipControls: noEffect,
	PublicAccessBlockConfiguration: noEffect,
	Tags: noEffect,
});
const PolicyProperties = z.strictObject({ Bucket: z.string(), PolicyDocument: z.record(z.string(), z.unknown()) });

export interface Served {
	/** absolute path of its bytes */
	file: string;
	/** lower-case names: content-type, cache-control, etag, last-modified */
	headers: Record<string, string>;
}

export interface S3StandIn extends StandIn {
	/** The object, or undefined; `host` is the bucket's regional domain name. */
	find(host: string, key: string): Served | undefined;
	isBucket(host: string): boolean;
	/** Ends what lifecycle rules say. */
	sweep(): void;
}

interface Made {
	bucket: Bucket;
	rules: readonly Rule[];
	policy?: Policy;
}

export const createS3 = (world: World): S3StandIn => {
	const buckets = new Map<string, Made>();
	let timer: NodeJS.Timeout | undefined;
	const suffix = `.s3.${world.region}.amazonaws.com`;
	const byHost = (host: string): Made | undefined => (host.endsWith(suffix) ? buckets.get(host.slice(0, -suffix.length)) : undefined);
	const now = (): number => world.now().getTime();

	const bucketOf = (name: string): Bucket => {
		const found = buckets.get(name);
		if (!found) throw new S3Problem('NoSuchBucket', 'The specified bucket does not exist');
		return found.bucket;
	};

	const makeBucket = (input: ResourceInput): ResourceOutput => {
		const { BucketName: given, LifecycleConfiguration: lifecycle } = readProperties(BucketProperties, input);
		const name = given ?? `${`${input.stack}-${input.logicalId}`.toLowerCase().slice(0, 48)}-${stableId(input, 12)}`;
		buckets.set(name, { bucket: openBucket(join(world.folder('s3'), name)), rules: lifecycle?.Rules ?? [] });
		return {
			ref: name,
			attributes: { Arn: `arn:aws:s3:::${name}`, RegionalDomainName: `${name}${suffix}`, DomainName: `${name}.s3.amazonaws.com` },
		};
	};

	const makePolicy = (input: ResourceInput): ResourceOutput => {
		const { Bucket: name, PolicyDocument: document } = readProperties(PolicyProperties, input);
		const made = buckets.get(name);
		if (!made) throw new Error(`${input.logicalId}: there is no bucket ${name}`);
		try {
			made.policy = readPolicy(document, 'resource');
		} catch (error) {
			if (!(error instanceof PolicyProblem)) throw error;
			throw new Error(`the policy ${input.logicalId}: local mode can't judge ${error.message}`);
		}
		return { ref: name, attributes: {} };
	};

	const deploy = async (input: ResourceInput): Promise<ResourceOutput> => ({
		ref: input.logicalId,
		attributes: { DestinationBucketArn: `arn:aws:s3:::${await fill(input, world, bucketOf)}` },
	});

	const makers: Record<string, (input: ResourceInput) => ResourceOutput | Promise<ResourceOutput>> = {
		'AWS::S3::Bucket': makeBucket,
		'AWS::S3::BucketPolicy': makePolicy,
		'Custom::CDKBucketDeployment': deploy,
	};

	const sweep = (): void => {
		for (const { bucket, rules } of buckets.values()) {
			for (const { key, modified } of bucket.all()) if (objectIsDue(rules, key, modified, now())) bucket.remove(key);
			for (const id of bucket.uploads()) {
				const upload = bucket.upload(id);
				if (upload && uploadIsDue(rules, upload.key, upload.begun, now())) bucket.end(id);
			}
		}
	};

	const answer = async (call: Parameters<typeof readRequest>[0]): Promise<AwsResponse> => {
		const request = readRequest(call);
		const bucket = bucketOf(request.bucket);
		return (await onUploads(bucket, request, now())) ?? onObjects(bucket, request, now(), bucketOf);
	};

	return {
		types: Object.keys(makers),
		create: (input) => {
			const make = makers[input.type];
			if (!make) throw new Error(`S3's stand-in does not provide ${input.type}`);
			return make(input);
		},
		isBucket: (host) => byHost(host) !== undefined,
		find: (host, key) => {
			const made = byHost(host);
			const object = made?.bucket.get(key);
			return made && object && { file: made.bucket.fileOf(object), headers: headersOf(object) };
		},
		sweep,
		endpoints: {
			S3: async (call) => {
				try {
					return await answer(call);
				} catch (error) {
					if (!(error instanceof S3Problem)) throw error;
					return s3Failure(error.status, error.code, error.message, [['Resource', call.path]]);
				}
			},
		},
		needs: {
			S3: needsOfS3({ policyOf: (name) => buckets.get(name)?.policy, has: (name, key) => buckets.get(name)?.bucket.get(key) !== undefined }),
		},
		async start() {
			sweep();
			timer = setInterval(sweep, sweepMs).unref();
		},
		async stop() {
			clearInterval(timer);
		},
	};
};
