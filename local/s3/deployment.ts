/** CDK's bucket deployments: as `aws s3 sync`, everything, less what is excluded, and of that again what is included. Nothing is pruned. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod/mini';
import { matchesArn } from '../arn.ts';
import { readProperties } from '../properties.ts';
import type { ResourceInput, World } from '../stand-in.ts';
import { mediaTypeOf } from './media-types.ts';
import { systemHeaders } from './request.ts';
import type { Bucket } from './store.ts';

/** known, and without effect on one machine */
const noEffect = z.optional(z.unknown());

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

const filesIn = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));

const same = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
	JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** Gives the bucket's name. @param bucketOf throws when there is no such bucket */
export const fill = async (input: ResourceInput, world: Pick<World, 'asset' | 'now'>, bucketOf: (name: string) => Bucket): Promise<string> => {
	const deployment = readProperties(Deployment, input);
	const bucket = bucketOf(deployment.DestinationBucketName);
	if (deployment.SourceMarkers?.some((markers) => Object.keys(markers).length))
		throw new Error(`${input.logicalId}: local mode doesn't know sources with values of the deployment in them`);
	const unknown = Object.keys(deployment.SystemMetadata).find((name) => !systemHeaders.includes(name));
	if (unknown) throw new Error(`${input.logicalId}: local mode doesn't know the metadata ${unknown}`);
	const wanted = (key: string): boolean =>
		deployment.Include.some((pattern) => matchesArn(pattern, key)) || !deployment.Exclude.some((pattern) => matchesArn(pattern, key));
	for (const source of deployment.SourceObjectKeys) {
		const folder = world.asset(source.replace(/\.zip$/, ''));
		for (const key of filesIn(folder).filter(wanted)) {
			const bytes = readFileSync(join(folder, key));
			const headers = { 'content-type': mediaTypeOf(key), ...deployment.SystemMetadata };
			const there = bucket.get(key);
			// what is there already keeps its time, as a sync does
			if (there?.etag === `"${createHash('md5').update(bytes).digest('hex')}"` && same(there.headers, headers)) continue;
			const { data, size, md5 } = await bucket.stage(bytes);
			bucket.put({ key, headers, metadata: {}, data, size, etag: `"${md5}"`, modified: world.now().getTime() });
		}
	}
	return deployment.DestinationBucketName;
};
