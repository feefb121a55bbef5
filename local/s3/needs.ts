/** What calls of S3 need. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
import type { Policy } from '../iam/evaluator/policy.ts';
import type { Need, NeedsOf } from '../stand-in.ts';
import { keysToDelete } from './objects.ts';
import { type Operation, readRequest } from './request.ts';

interface Known {
	/** of the bucket; undefined: it has none */
	policyOf(bucket: string): Policy | undefined;
	has(bucket: string, key: string): boolean;
}

const actions: Readonly<Record<Exclude<Operation, 'CopyObject' | 'DeleteObjects' | 'GetObject' | 'HeadObject'>, string>> = {
	AbortMultipartUpload: 'AbortMultipartUpload',
	CompleteMultipartUpload: 'PutObject',
	CreateMultipartUpload: 'PutObject',
	DeleteObject: 'DeleteObject',
	HeadBucket: 'ListBucket',
	ListObjectsV2: 'ListBucket',
	PutObject: 'PutObject',
	UploadPart: 'PutObject',
};

export const needsOfS3 = ({ policyOf, has }: Known): NeedsOf => {
	const need = (action: string, bucket: string, key: string, context: Need['context'] = {}): Need => ({
		action: `s3:${action}`,
		resources: [key === '' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`],
		context,
		policy: policyOf(bucket),
	});
	/** Documented: whether something isn't there is told to those only who may list the bucket. */
	const reading = (bucket: string, key: string): Need[] => [
		need('GetObject', bucket, key),
		...(has(bucket, key) ? [] : [need('ListBucket', bucket, '', { 's3:prefix': [key] })]),
	];

	return (call) => {
		const { operation, bucket, key, query, headers, body } = readRequest(call);
		switch (operation) {
			case 'GetObject':
			case 'HeadObject':
				return reading(bucket, key);
			case 'CopyObject': {
				const [from = '', ...rest] = decodeURIComponent(headers['x-amz-copy-source'] ?? '')
					.replace(/^\//, '')
					.split('/');
				return [...reading(from, rest.join('/')), need('PutObject', bucket, key)];
			}
			case 'DeleteObjects':
				return keysToDelete(body).map((one) => need('DeleteObject', bucket, one));
			case 'ListObjectsV2': {
				const [prefix, delimiter] = [query.get('prefix'), query.get('delimiter')];
				return [
					need('ListBucket', bucket, '', {
						...(prefix !== null && { 's3:prefix': [prefix] }),
						...(delimiter !== null && { 's3:delimiter': [delimiter] }),
					}),
				];
			}
			default:
				return [need(actions[operation], bucket, key)];
		}
	};
};
