/** Which operation a request is, of which bucket and key. What isn't covered is refused by name. Path style only. */
import type { AwsRequest } from '../stand-in.ts';
import { notCovered, S3Problem } from './problem.ts';

export const operations = [
	'AbortMultipartUpload',
	'CompleteMultipartUpload',
	'CopyObject',
	'CreateMultipartUpload',
	'DeleteObject',
	'DeleteObjects',
	'GetObject',
	'HeadBucket',
	'HeadObject',
	'ListObjectsV2',
	'PutObject',
	'UploadPart',
] as const;
export type Operation = (typeof operations)[number];

export interface S3Request {
	operation: Operation;
	bucket: string;
	/** empty for what is about the bucket */
	key: string;
	query: URLSearchParams;
	/** lower-case names; of a presigned address those that stand in it, too */
	headers: Readonly<Record<string, string>>;
	body: Buffer;
}

type Query = readonly string[];
const list: Query = ['list-type', 'prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after', 'encoding-type', 'fetch-owner'];
const overrides: Query = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'].map(
	(name) => `response-${name}`,
);
/** what each takes in its query */
const queries: Readonly<Record<Operation, Query>> = {
	AbortMultipartUpload: ['uploadId'],
	CompleteMultipartUpload: ['uploadId'],
	CopyObject: [],
	CreateMultipartUpload: ['uploads'],
	DeleteObject: [],
	DeleteObjects: ['delete'],
	GetObject: overrides,
	HeadBucket: [],
	HeadObject: overrides,
	ListObjectsV2: list,
	PutObject: [],
	UploadPart: ['uploadId', 'partNumber'],
};

/** Headers that S3 gives back as they were set. */
export const systemHeaders: Query = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'];

/** of a signature, of checksums, and of the SDKs themselves */
const everywhere = /^x-amz-(?:content-sha256|date|security-token|user-agent|checksum-.+|sdk-checksum-algorithm|trailer|decoded-content-length)$/;
const ofWrites = /^x-amz-(?:meta-.+|storage-class|server-side-encryption)$/;
const ofCompletions = /^x-amz-mp-object-size$/;
const ofCopies = /^x-amz-(?:copy-source|metadata-directive)$/;
/** values that change nothing here */
const only: Readonly<Record<string, string>> = { 'x-amz-storage-class': 'STANDARD', 'x-amz-server-side-encryption': 'AES256' };

const operationOf = (method: string, key: string, query: URLSearchParams, copies: boolean): Operation | undefined => {
	if (key === '') {
		if (method === 'HEAD') return 'HeadBucket';
		if (method === 'GET' && query.get('list-type') === '2') return 'ListObjectsV2';
		return method === 'POST' && query.has('delete') ? 'DeleteObjects' : undefined;
	}
	switch (method) {
		case 'GET':
			return 'GetObject';
		case 'HEAD':
			return 'HeadObject';
		case 'DELETE':
			return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
		case 'POST':
			return query.has('uploads') ? 'CreateMultipartUpload' : query.has('uploadId') ? 'CompleteMultipartUpload' : undefined;
		case 'PUT':
			if (query.has('uploadId')) return copies ? undefined : 'UploadPart';
			return copies ? 'CopyObject' : 'PutObject';
		default:
			return undefined;
	}
};

const checkHeaders = (operation: Operation, headers: Readonly<Record<string, string>>): void => {
	const writes = ['PutObject', 'CopyObject', 'CreateMultipartUpload'].includes(operation);
	for (const [name, value] of Object.entries(headers)) {
		if (!name.startsWith('x-amz-') || everywhere.test(name)) continue;
		const known =
			(writes && ofWrites.test(name)) ||
			(operation === 'CopyObject' && ofCopies.test(name)) ||
			(operation === 'CompleteMultipartUpload' && ofCompletions.test(name));
		if (!known) throw notCovered(`header ${name} in ${operation}`);
		if (only[name] !== undefined && only[name] !== value) throw notCovered(`${name}: ${value}`);
	}
};

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new S3Problem('InvalidArgument', `${text} is not escaped as it should be`);
	}
};

/** @throws S3Problem */
export const readRequest = ({ method, path, query: given, headers: sent, body }: Omit<AwsRequest, 'principal'>): S3Request => {
	const [, bucketPart = '', rest = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
	const [bucket, key] = [decode(bucketPart), decode(rest)];
	if (bucket === '') throw notCovered(`${method} of all buckets`);
	const query = new URLSearchParams();
	const headers: Record<string, string> = { ...sent };
	for (const [name, value] of given)
		if (/^x-amz-(?:algorithm|credential|date|expires|signedheaders|signature|security-token|content-sha256)$/i.test(name) || name === 'x-id')
			continue;
		// a client that presigns moves its headers into the address
		else if (name.toLowerCase().startsWith('x-amz-')) headers[name.toLowerCase()] = value;
		else query.append(name, value);
	const operation = operationOf(method, key, query, headers['x-amz-copy-source'] !== undefined);
	if (!operation)
		throw notCovered(`${method} ${key === '' ? 'of a bucket' : 'of an object'} with ${[...query.keys()].join(', ') || 'nothing'} in its query`);
	const unknown = [...query.keys()].find((name) => !queries[operation].includes(name));
	if (unknown !== undefined) throw notCovered(`${unknown} in ${operation}`);
	checkHeaders(operation, headers);
	if (Buffer.byteLength(key) > 1024) throw new S3Problem('KeyTooLongError', 'Your key is too long');
	return { operation, bucket, key, query, headers, body };
};
