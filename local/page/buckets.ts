/** Amazon S3, as far as a page needs it: buckets as folders, filled by CDK's bucket deployments, read by the distribution. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod/mini';
import { matchesArn } from '../arn.ts';
import { stableId } from '../assembly/names.ts';
import { writeWhole } from '../disk.ts';
import { readProperties } from '../properties.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { mediaTypeOf } from './media-types.ts';

/** known, and without effect on one machine */
const noEffect = z.optional(z.unknown());

const BucketProperties = z.strictObject({
	BucketName: z.optional(z.string()),
	BucketEncryption: noEffect,
	LifecycleConfiguration: noEffect,
	OwnershipControls: noEffect,
	PublicAccessBlockConfiguration: noEffect,
	Tags: noEffect,
});

const Deployment = z.strictObject({
	ServiceToken: z.string(),
	SourceBucketNames: noEffect,
	SourceObjectKeys: z.array(z.string()),
	SourceMarkers: z.optional(z.array(z.record(z.string(), z.unknown()))),
	DestinationBucketName: z.string(),
	DestinationBucketKeyPrefix: z.optional(z.literal('')),
	Prune: z.literal(false),
	Exclude: z._default(z.array(z.string()), []),
	Include: z._default(z.array(z.string()), []),
	SystemMetadata: z._default(z.record(z.string(), z.string()), {}),
	WaitForDistributionInvalidation: noEffect,
	DistributionId: noEffect,
	DistributionPaths: noEffect,
	OutputObjectKeys: noEffect,
});

/** headers that S3 gives back as they were set */
const systemHeaders = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type'];

const Kept = z.record(z.string(), z.object({ headers: z.record(z.string(), z.string()), etag: z.string() }));

export interface StoredObject {
	/** absolute path of its bytes */
	file: string;
	/** lower-case names: content-type, cache-control, etag, last-modified */
	headers: Record<string, string>;
}

export interface BucketsStandIn extends StandIn {
	/** The object, or undefined; `host` is the bucket's regional domain name. */
	find(host: string, key: string): StoredObject | undefined;
	isBucket(host: string): boolean;
}

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));

export const createBuckets = (world: World): BucketsStandIn => {
	/** by regional domain name */
	const buckets = new Map<string, { folder: string; objects: z.infer<typeof Kept> }>();
	const hostOf = (name: string): string => `${name}.s3.${world.region}.amazonaws.com`;

	const makeBucket = (input: ResourceInput): ResourceOutput => {
		const { BucketName: given } = readProperties(BucketProperties, input);
		const name = given ?? `${`${input.stack}-${input.logicalId}`.toLowerCase().slice(0, 48)}-${stableId(input, 12)}`;
		const folder = join(world.folder('s3'), name);
		mkdirSync(join(folder, 'objects'), { recursive: true });
		const index = join(folder, 'objects.json');
		buckets.set(hostOf(name), { folder, objects: existsSync(index) ? Kept.parse(JSON.parse(readFileSync(index, 'utf8'))) : {} });
		return {
			ref: name,
			attributes: { Arn: `arn:aws:s3:::${name}`, RegionalDomainName: hostOf(name), DomainName: `${name}.s3.amazonaws.com` },
		};
	};

	/** As `aws s3 sync`: everything, less what is excluded, and of that again what is included. */
	const fill = (input: ResourceInput): ResourceOutput => {
		const deployment = readProperties(Deployment, input);
		const bucket = buckets.get(hostOf(deployment.DestinationBucketName));
		if (!bucket) throw new Error(`${input.logicalId}: there is no bucket ${deployment.DestinationBucketName}`);
		if (deployment.SourceMarkers?.some((markers) => Object.keys(markers).length))
			throw new Error(`${input.logicalId}: local mode doesn't know sources with values of the deployment in them`);
		const unknown = Object.keys(deployment.SystemMetadata).find((name) => !systemHeaders.includes(name));
		if (unknown) throw new Error(`${input.logicalId}: local mode doesn't know the metadata ${unknown}`);
		const wanted = (key: string): boolean =>
			deployment.Include.some((pattern) => matchesArn(pattern, key)) || !deployment.Exclude.some((pattern) => matchesArn(pattern, key));
		for (const source of deployment.SourceObjectKeys) {
			const folder = world.asset(source.replace(/\.zip$/, ''));
			for (const key of filesIn(folder).filter(wanted)) {
				const target = join(bucket.folder, 'objects', key);
				mkdirSync(dirname(target), { recursive: true });
				copyFileSync(join(folder, key), target);
				const etag = `"${createHash('md5').update(readFileSync(target)).digest('hex')}"`;
				bucket.objects[key] = { headers: { 'content-type': mediaTypeOf(key), ...deployment.SystemMetadata }, etag };
			}
		}
		writeWhole(join(bucket.folder, 'objects.json'), JSON.stringify(bucket.objects));
		return { ref: input.logicalId, attributes: { DestinationBucketArn: `arn:aws:s3:::${deployment.DestinationBucketName}` } };
	};

	return {
		types: ['AWS::S3::Bucket', 'Custom::CDKBucketDeployment'],
		create: (input) => (input.type === 'AWS::S3::Bucket' ? makeBucket(input) : fill(input)),
		isBucket: (host) => buckets.has(host),
		find: (host, key) => {
			const bucket = buckets.get(host);
			const object = bucket && Object.hasOwn(bucket.objects, key) ? bucket.objects[key] : undefined;
			if (!bucket || !object) return undefined;
			const file = join(bucket.folder, 'objects', key);
			return { file, headers: { ...object.headers, etag: object.etag, 'last-modified': statSync(file).mtime.toUTCString() } };
		},
	};
};
