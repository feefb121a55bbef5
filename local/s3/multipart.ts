/** Uploads in parts. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
import { createHash } from 'node:crypto';
import type { AwsResponse } from '../stand-in.ts';
import { aboutChecksums, checkBody } from './body.ts';
import { checkWrite } from './conditions.ts';
import { commit, describe } from './objects.ts';
import { notCovered, S3Problem } from './problem.ts';
import type { S3Request } from './request.ts';
import type { Bucket, Upload } from './store.ts';
import { elementsOf, s3Empty, s3Xml, textOf } from './xml.ts';

const maxParts = 10_000;
/** bytes of each part but the last */
const minPartBytes = 5 * 1024 * 1024;

/** @throws S3Problem */
const uploadOf = (bucket: Bucket, { key, query }: S3Request): { id: string; upload: Upload } => {
	const id = query.get('uploadId') ?? '';
	const upload = bucket.upload(id);
	if (upload?.key !== key)
		throw new S3Problem(
			'NoSuchUpload',
			'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
		);
	return { id, upload };
};

const addPart = async (bucket: Bucket, request: S3Request): Promise<AwsResponse> => {
	const { id } = uploadOf(bucket, request);
	const number = Number(request.query.get('partNumber') ?? Number.NaN);
	if (!Number.isInteger(number) || number < 1 || number > maxParts)
		throw new S3Problem('InvalidArgument', `Part number must be an integer between 1 and ${maxParts}, inclusive`);
	const { bytes, checksum } = checkBody(request);
	const part = await bucket.addPart(id, number, bytes);
	// it may have been completed or aborted while the bytes were written
	if (!part) uploadOf(bucket, request);
	return s3Empty(200, { etag: part?.etag ?? '', ...(checksum && { [checksum[0]]: checksum[1] }) });
};

/** Numbers of the parts as the request lists them. @throws S3Problem */
const listedParts = (body: Buffer, upload: Upload): number[] => {
	const listed = elementsOf(body.toString('utf8'), 'Part').map((one) => ({
		number: Number(textOf(one, 'PartNumber') ?? Number.NaN),
		etag: (textOf(one, 'ETag') ?? '').replaceAll('"', ''),
	}));
	if (listed.length === 0 || listed.some(({ number }) => !Number.isInteger(number)))
		throw new S3Problem('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
	if (listed.some(({ number }, at) => at > 0 && number <= (listed[at - 1]?.number ?? 0)))
		throw new S3Problem('InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.');
	for (const { number, etag } of listed)
		if (upload.parts[number]?.etag !== `"${etag}"`)
			throw new S3Problem(
				'InvalidPart',
				"One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
			);
	if (listed.slice(0, -1).some(({ number }) => (upload.parts[number]?.size ?? 0) < minPartBytes))
		throw new S3Problem('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
	return listed.map(({ number }) => number);
};

const complete = async (bucket: Bucket, request: S3Request, now: number): Promise<AwsResponse> => {
	const { id, upload } = uploadOf(bucket, request);
	const numbers = listedParts(request.body, upload);
	checkWrite(request.headers, bucket.get(request.key));
	const whole = Object.keys(request.headers).find((name) => name.startsWith('x-amz-checksum-') && !aboutChecksums.test(name));
	if (whole !== undefined) throw notCovered(`${whole} of a whole upload`);
	const size = request.headers['x-amz-mp-object-size'];
	const bytes = numbers.reduce((sum, number) => sum + (upload.parts[number]?.size ?? 0), 0);
	if (size !== undefined && Number(size) !== bytes) throw new S3Problem('InvalidRequest', 'The parts are not as large as the object was said to be');
	const staged = await bucket.join(id, numbers);
	const digests = numbers.map((number) => Buffer.from((upload.parts[number]?.etag ?? '').replaceAll('"', ''), 'hex'));
	const etag = `"${createHash('md5').update(Buffer.concat(digests)).digest('hex')}-${numbers.length}"`;
	const { key, headers, metadata } = upload;
	commit(bucket, request.headers, staged, { key, headers, metadata, data: staged.data, size: staged.size, etag, modified: now });
	bucket.end(id);
	return s3Xml(200, 'CompleteMultipartUploadResult', [
		['Location', `/${request.bucket}/${encodeURIComponent(key)}`],
		['Bucket', request.bucket],
		['Key', key],
		['ETag', etag],
	]);
};

/** Undefined: it is something else. */
export const onUploads = async (bucket: Bucket, request: S3Request, now: number): Promise<AwsResponse | undefined> => {
	switch (request.operation) {
		case 'CreateMultipartUpload': {
			const id = bucket.begin({ ...describe(request), begun: now, parts: {} });
			return s3Xml(200, 'InitiateMultipartUploadResult', [
				['Bucket', request.bucket],
				['Key', request.key],
				['UploadId', id],
			]);
		}
		case 'UploadPart':
			return addPart(bucket, request);
		case 'CompleteMultipartUpload':
			return complete(bucket, request, now);
		case 'AbortMultipartUpload':
			bucket.end(uploadOf(bucket, request).id);
			return s3Empty(204);
		default:
			return undefined;
	}
};
