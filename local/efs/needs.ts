/** What calls of EFS need. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html */
import type { Context } from '../iam/evaluator/keys.ts';
import type { NeedsOf } from '../stand-in.ts';

const resourceTags = (tags: readonly { Key: string; Value: string }[]): Context =>
	Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, [Value]]));

/** `tagsOf`: those of an access point */
export const needsOfEfs = (region: string, account: string, tagsOf: (id: string) => readonly { Key: string; Value: string }[]): NeedsOf => {
	const arn = (kind: 'file-system' | 'access-point', id: string): string => `arn:aws:elasticfilesystem:${region}:${account}:${kind}/${id}`;
	const tagKeysOf = (tags: { Key?: unknown }[] | undefined): string[] => (tags ?? []).map(({ Key }) => String(Key));

	return ({ method, path, query, body }) => {
		const [, collection, name] = path.slice(1).split('/').map(decodeURIComponent);
		const input = (): { FileSystemId?: string; Tags?: { Key?: unknown }[] } => JSON.parse(body.toString('utf8') || '{}');
		switch (`${method} ${collection}${name === undefined ? '' : '/'}`) {
			case 'POST access-points': {
				const { FileSystemId: id = '', Tags } = input();
				const keys = tagKeysOf(Tags);
				const tags = keys.length > 0 ? { 'aws:TagKeys': keys } : {};
				const create = { action: 'elasticfilesystem:CreateAccessPoint', resources: [arn('file-system', id)], context: tags };
				if (keys.length === 0) return [create];
				// its id isn't known yet
				const context = { ...tags, 'elasticfilesystem:CreateAction': ['CreateAccessPoint'] };
				return [create, { action: 'elasticfilesystem:TagResource', resources: [arn('access-point', '*')], context }];
			}
			case 'GET access-points': {
				const [point, fileSystem] = [query.get('AccessPointId'), query.get('FileSystemId')];
				const resource = point ? arn('access-point', point) : fileSystem ? arn('file-system', fileSystem) : '*';
				return [{ action: 'elasticfilesystem:DescribeAccessPoints', resources: [resource] }];
			}
			case 'DELETE access-points/':
				return [
					{
						action: 'elasticfilesystem:DeleteAccessPoint',
						resources: [arn('access-point', name ?? '')],
						context: resourceTags(tagsOf(name ?? '')),
					},
				];
			case 'POST resource-tags/': {
				const resource = name?.startsWith('arn:') ? name : arn('access-point', name ?? '');
				return [{ action: 'elasticfilesystem:TagResource', resources: [resource], context: { 'aws:TagKeys': tagKeysOf(input().Tags) } }];
			}
			default:
				return undefined;
		}
	};
};
