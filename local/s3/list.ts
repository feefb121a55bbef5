/** ListObjectsV2: a page of keys in the order of their bytes. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
import { S3Problem } from './problem.ts';
import type { StoredObject } from './store.ts';
import type { Content } from './xml.ts';

const maxPage = 1000;

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What stands in a continuation token: the last key or common prefix that was listed. */
const encodeToken = (last: string): string => Buffer.from(last).toString('base64url');
const decodeToken = (token: string): string => Buffer.from(token, 'base64url').toString('utf8');

const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '.000Z');

const numberOf = (text: string | null): number => {
	if (text === null) return maxPage;
	if (!/^\d{1,10}$/.test(text)) throw new S3Problem('InvalidArgument', 'Provided max-keys not an integer or within integer range');
	return Math.min(maxPage, Number(text));
};

/** @throws S3Problem */
export const listObjects = (bucket: string, objects: readonly StoredObject[], query: URLSearchParams): Content => {
	const prefix = query.get('prefix') ?? '';
	const delimiter = query.get('delimiter') || undefined;
	const max = numberOf(query.get('max-keys'));
	const token = query.get('continuation-token');
	const startAfter = query.get('start-after');
	const encoding = query.get('encoding-type');
	if (encoding !== null && encoding !== 'url') throw new S3Problem('InvalidArgument', 'Invalid Encoding Method specified in Request');
	const shown = (text: string): string => (encoding === null ? text : encodeURIComponent(text).replaceAll('%2F', '/'));
	const after = token === null ? startAfter : decodeToken(token);

	const commonOf = (key: string): string | undefined => {
		const end = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
		return end < 0 ? undefined : key.slice(0, end + (delimiter?.length ?? 0));
	};
	const found: { name: string; object?: StoredObject }[] = [];
	let more = false;
	for (const object of objects.filter(({ key }) => key.startsWith(prefix)).toSorted((a, b) => byBytes(a.key, b.key))) {
		const common = commonOf(object.key);
		const name = common ?? object.key;
		// keys of a common prefix that was listed are listed with it
		if (after !== null && (byBytes(object.key, after) <= 0 || (common !== undefined && token !== null && common === after))) continue;
		if (found.at(-1)?.name === name && common !== undefined) continue;
		if (found.length === max) {
			more = true;
			break;
		}
		found.push(common === undefined ? { name, object } : { name });
	}

	return [
		['Name', bucket],
		['Prefix', shown(prefix)],
		['Delimiter', delimiter && shown(delimiter)],
		['MaxKeys', max],
		['EncodingType', encoding ?? undefined],
		['KeyCount', found.length],
		['IsTruncated', more && max > 0],
		['ContinuationToken', token ?? undefined],
		['NextContinuationToken', more && max > 0 ? encodeToken(found.at(-1)?.name ?? '') : undefined],
		['StartAfter', startAfter === null ? undefined : shown(startAfter)],
		...found.flatMap(({ object }): [string, Content][] =>
			object
				? [
						[
							'Contents',
							[
								['Key', shown(object.key)],
								['LastModified', isoOf(object.modified)],
								['ETag', object.etag],
								['Size', object.size],
								['StorageClass', 'STANDARD'],
							],
						],
					]
				: [],
		),
		...found.flatMap(({ name, object }): [string, Content][] => (object ? [] : [['CommonPrefixes', [['Prefix', shown(name)]]]])),
	];
};
