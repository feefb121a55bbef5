/** Operations on objects and on what a bucket holds. */
import { open } from 'node:fs/promises';
import type { AwsResponse } from '../stand-in.ts';
import { checkBody } from './body.ts';
import { checkRead, checkWrite, readRange } from './conditions.ts';
import { listObjects } from './list.ts';
import { notCovered, S3Problem } from './problem.ts';
import { type S3Request, systemHeaders } from './request.ts';
import type { Bucket, Described, Staged, StoredObject } from './store.ts';
import { elementsOf, namesIn, s3Empty, s3Xml, textOf } from './xml.ts';

export const isoOf = (ms: number): string => new Date(ms).toISOString();
const maxDeleted = 1000;

/** What a request says about the object that it makes. */
export const describe = ({ key, headers }: S3Request): Described => {
	const chosen = (wanted: (name: string) => boolean): Record<string, string> =>
		Object.fromEntries(Object.entries(headers).filter(([name]) => wanted(name)));
	// the encoding of the transfer is none of the object's
	const encoding = (headers['content-encoding'] ?? '')
		.split(',')
		.map((one) => one.trim())
		.filter((one) => one !== '' && one !== 'aws-chunked')
		.join(',');
	const { 'content-encoding': _, ...kept } = chosen((name) => systemHeaders.includes(name));
	return {
		key,
		headers: { 'content-type': 'binary/octet-stream', ...kept, ...(encoding && { 'content-encoding': encoding }) },
		metadata: chosen((name) => name.startsWith('x-amz-meta-')),
	};
};

/** The bytes become the object, if the request's conditions hold now: nothing comes between. @throws S3Problem */
export const commit = (bucket: Bucket, headers: S3Request['headers'], staged: Pick<Staged, 'data'>, object: StoredObject): void => {
	try {
		checkWrite(headers, bucket.get(object.key));
	} catch (error) {
		bucket.discard(staged);
		throw error;
	}
	bucket.put(object);
};

/** @throws S3Problem */
export const existing = (bucket: Bucket, key: string): StoredObject => {
	const found = bucket.get(key);
	if (!found) throw new S3Problem('NoSuchKey', 'The specified key does not exist.');
	return found;
};

const put = async (bucket: Bucket, request: S3Request, now: number): Promise<AwsResponse> => {
	checkWrite(request.headers, bucket.get(request.key));
	const { bytes, checksum } = checkBody(request);
	const staged = await bucket.stage(bytes);
	const etag = `"${staged.md5}"`;
	const { data, size } = staged;
	commit(bucket, request.headers, staged, { ...describe(request), data, size, etag, modified: now, ...(checksum && { checksum }) });
	return s3Empty(200, { etag, ...(checksum && { [checksum[0]]: checksum[1] }) });
};

const copy = async (bucket: Bucket, request: S3Request, now: number, bucketOf: (name: string) => Bucket): Promise<AwsResponse> => {
	const source = decodeURIComponent(request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
	if (source.includes('?versionId=')) throw notCovered('versions of objects');
	const directive = request.headers['x-amz-metadata-directive'] ?? 'COPY';
	if (directive !== 'COPY' && directive !== 'REPLACE') throw new S3Problem('InvalidArgument', 'Unknown metadata directive.');
	const slash = source.indexOf('/');
	if (slash < 1) throw new S3Problem('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
	const from = bucketOf(source.slice(0, slash));
	const original = existing(from, source.slice(slash + 1));
	if (from === bucket && original.key === request.key && directive === 'COPY')
		throw new S3Problem(
			'InvalidRequest',
			"This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
		);
	const staged = await bucket.copyFrom(from.fileOf(original));
	const { headers, metadata } = directive === 'REPLACE' ? describe(request) : original;
	const { size, etag } = original;
	commit(bucket, request.headers, staged, { key: request.key, headers, metadata, size, etag, data: staged.data, modified: now });
	return s3Xml(200, 'CopyObjectResult', [
		['LastModified', isoOf(now)],
		['ETag', etag],
	]);
};

export const headersOf = (object: StoredObject): Record<string, string> => ({
	...object.headers,
	etag: object.etag,
	'last-modified': new Date(object.modified).toUTCString(),
});

const get = async (bucket: Bucket, { operation, key, headers, query }: S3Request): Promise<AwsResponse> => {
	const object = existing(bucket, key);
	if (checkRead(headers, object) === 'not modified') return s3Empty(304, headersOf(object));
	const range = readRange(headers.range, object.size);
	const { first, last } = range ?? { first: 0, last: object.size - 1 };
	const overrides = [...query].map(([name, value]) => [name.slice('response-'.length), value]);
	const told = {
		...headersOf(object),
		...object.metadata,
		...Object.fromEntries(overrides),
		...(headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && !range && object.checksum ? { [object.checksum[0]]: object.checksum[1] } : {}),
		'accept-ranges': 'bytes',
		'content-length': String(last - first + 1),
		...(range && { 'content-range': `bytes ${first}-${last}/${object.size}` }),
	};
	const answer = s3Empty(range ? 206 : 200, told);
	if (operation === 'HeadObject' || object.size === 0) return answer;
	// opened before the answer begins: who replaces the object meanwhile doesn't change it
	const file = await open(bucket.fileOf(object));
	return { ...answer, stream: { from: file.createReadStream({ start: first, end: last }), length: last - first + 1 } };
};

/** Keys that a DeleteObjects names. @throws S3Problem */
export const keysToDelete = (body: Buffer): string[] => {
	const text = body.toString('utf8');
	const unknown = namesIn(text).find((name) => !['Delete', 'Object', 'Key', 'Quiet'].includes(name));
	if (unknown !== undefined) throw notCovered(`${unknown} in DeleteObjects`);
	const keys = elementsOf(text, 'Object').map((one) => textOf(one, 'Key'));
	if (keys.length === 0 || keys.length > maxDeleted || keys.some((key) => key === undefined))
		throw new S3Problem('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
	return keys as string[];
};

const removeMany = (bucket: Bucket, request: S3Request): AwsResponse => {
	const keys = keysToDelete(request.body);
	checkBody(request);
	for (const key of keys) bucket.remove(key);
	const quiet = textOf(request.body.toString('utf8'), 'Quiet') === 'true';
	return s3Xml(200, 'DeleteResult', quiet ? [] : keys.map((key) => ['Deleted', [['Key', key]]] as const));
};

/** What isn't an upload in parts. */
export const onObjects = async (bucket: Bucket, request: S3Request, now: number, bucketOf: (name: string) => Bucket): Promise<AwsResponse> => {
	switch (request.operation) {
		case 'PutObject':
			return put(bucket, request, now);
		case 'CopyObject':
			return copy(bucket, request, now, bucketOf);
		case 'GetObject':
		case 'HeadObject':
			return get(bucket, request);
		case 'DeleteObject':
			bucket.remove(request.key);
			return s3Empty(204);
		case 'DeleteObjects':
			return removeMany(bucket, request);
		case 'ListObjectsV2':
			return s3Xml(200, 'ListBucketResult', listObjects(request.bucket, bucket.all(), request.query));
		case 'HeadBucket':
			return s3Empty(200, { 'x-amz-bucket-region': 'us-east-1' });
		default:
			throw notCovered(request.operation);
	}
};
