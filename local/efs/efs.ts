/** Stand-in for EFS: access points by its REST API, a folder per access point. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { stableHex } from '../assembly/names.ts';
import { keepState } from '../disk.ts';
import { type Policy, readPolicy } from '../iam/evaluator/policy.ts';
import { PolicyProblem } from '../iam/evaluator/problem.ts';
import type { Iam } from '../iam/iam.ts';
import { readProperties } from '../properties.ts';
import type { AwsHandler, AwsRequest, AwsResponse, ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { createEfsMachine, EfsError, emptyEfs } from './machine.ts';
import { mountFolder } from './mount.ts';
import { judgeMount } from './mount-rights.ts';
import { needsOfEfs } from './needs.ts';

/** Who mounts, and how. */
export interface MountClient {
	/** ARN of the role that the mount is signed with; undefined: it isn't signed */
	role: string | undefined;
	/** the role session's name */
	session: string;
	tls: boolean;
}

export interface Mounted {
	/** absolute path on this machine */
	folder: string;
	/** the client may mount, but not write */
	readOnly: boolean;
}

export interface Efs extends StandIn {
	/**
	 * What is behind an access point, as the mount helper of a task finds it.
	 * @throws what ECS would say in `stoppedReason`
	 */
	mount(fileSystemId: string, accessPointId: string, client: MountClient): Mounted;
}

const types = {
	fileSystem: 'AWS::EFS::FileSystem',
	mountTarget: 'AWS::EFS::MountTarget',
} as const;

/** What a file system can be told that changes nothing on one machine: sizes, prices, backups and encryption. */
const FileSystemProperties = z.strictObject({
	Encrypted: z.optional(z.boolean()),
	KmsKeyId: z.optional(z.string()),
	PerformanceMode: z.optional(z.string()),
	ThroughputMode: z.optional(z.string()),
	LifecyclePolicies: z.optional(z.array(z.unknown())),
	BackupPolicy: z.optional(z.unknown()),
	FileSystemTags: z.optional(z.array(z.unknown())),
	FileSystemPolicy: z.optional(z.record(z.string(), z.unknown())),
	BypassPolicyLockoutSafetyCheck: z.optional(z.boolean()),
});
const MountTargetProperties = z.strictObject({
	FileSystemId: z.string(),
	SubnetId: z.string(),
	SecurityGroups: z.array(z.string()),
	IpAddress: z.optional(z.string()),
});

const readPolicyOf = (name: string, policy: unknown): Policy => {
	try {
		return readPolicy(policy, 'resource');
	} catch (error) {
		if (!(error instanceof PolicyProblem)) throw error;
		throw new Error(`the policy of ${name}: the local IAM doesn't know ${error.message}`);
	}
};
const json = (status: number, body?: unknown): AwsResponse =>
	body === undefined ? { status } : { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };

export const createEfs = (world: World, iam: Pick<Iam, 'rights' | 'note'>): Efs => {
	const folder = world.folder('efs');
	const kept = keepState(join(folder, 'state.json'), emptyEfs());
	const { region, account } = world;
	const machine = createEfsMachine(kept.state, {
		region,
		account,
		faults: world.faults.of('efs'),
		newId: () => randomBytes(9).toString('hex').slice(0, 17),
	});

	const fileSystemArn = (id: string): string => `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`;
	const creators: Record<string, (input: ResourceInput) => ResourceOutput> = {
		[types.fileSystem]: (input) => {
			const { FileSystemPolicy: policy } = readProperties(FileSystemProperties, input);
			if (policy !== undefined) readPolicyOf(input.logicalId, policy);
			const id = `fs-${stableHex(input, 17)}`;
			kept.state.fileSystems = [...kept.state.fileSystems.filter((one) => one.id !== id), { id, ...(policy === undefined ? {} : { policy }) }];
			return { ref: id, attributes: { FileSystemId: id, Arn: fileSystemArn(id) } };
		},
		[types.mountTarget]: (input) => {
			readProperties(MountTargetProperties, input);
			const id = `fsmt-${stableHex(input, 17)}`;
			return { ref: id, attributes: { Id: id, IpAddress: '127.0.0.1' } };
		},
	};

	/** documented: the operations' paths, docs.aws.amazon.com/efs/latest/ug/api-reference.html */
	const answer = (request: AwsRequest): AwsResponse => {
		const [version, collection, name] = request.path.slice(1).split('/').map(decodeURIComponent);
		const body = (): unknown => JSON.parse(request.body.toString('utf8') || '{}');
		const operation = version === '2015-02-01' ? `${request.method} ${collection}${name === undefined ? '' : '/'}` : '';
		switch (operation) {
			case 'POST access-points':
				return json(200, machine.createAccessPoint(body()));
			case 'GET access-points':
				return json(
					200,
					machine.describeAccessPoints({
						accessPointId: request.query.get('AccessPointId') ?? undefined,
						fileSystemId: request.query.get('FileSystemId') ?? undefined,
						max: Number(request.query.get('MaxResults') ?? 100),
						after: request.query.get('NextToken') ?? undefined,
					}),
				);
			case 'DELETE access-points/':
				machine.deleteAccessPoint(name ?? '');
				return json(204);
			case 'POST resource-tags/':
				machine.tag((name ?? '').replace(/^arn:.*:access-point\//, ''), (body() as { Tags?: unknown }).Tags);
				return json(200, {});
			default:
				throw new EfsError('UnsupportedOperation', 400, `The local EFS doesn't cover ${request.method} ${request.path}.`);
		}
	};
	const handler: AwsHandler = async (request) => {
		try {
			return answer(request);
		} catch (error) {
			if (!(error instanceof EfsError)) throw error;
			const { code, status, message, more } = error;
			return {
				...json(status, { ErrorCode: code, Message: message, ...more }),
				headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
			};
		} finally {
			kept.save();
		}
	};

	return {
		types: Object.values(types),
		create: (input) => {
			const output = creators[input.type]?.(input);
			if (!output) throw new Error(`${input.type} isn't one of EFS`);
			kept.save();
			return output;
		},
		endpoints: { EFS: handler },
		needs: { EFS: needsOfEfs(region, account, (id) => kept.state.accessPoints.find((point) => point.id === id)?.tags ?? []) },
		mount: (fileSystemId, accessPointId, client) => {
			const point = machine.accessPoint(fileSystemId, accessPointId);
			if (!point) throw new Error(`the access point ${accessPointId} of ${fileSystemId} doesn't exist`);
			const policy = kept.state.fileSystems.find((one) => one.id === fileSystemId)?.policy;
			const request = {
				client,
				rights: client.role === undefined ? undefined : iam.rights(client.role),
				policy: policy === undefined ? undefined : readPolicyOf(fileSystemId, policy),
				fileSystem: fileSystemArn(fileSystemId),
				accessPoint: `arn:aws:elasticfilesystem:${region}:${account}:access-point/${accessPointId}`,
			};
			const judged = judgeMount(request, iam.note);
			if ('refused' in judged) {
				world.log(`a mount was refused: ${judged.refused}`);
				// assumed: the text of the NFS client, as it is reported
				throw new Error('mount.nfs4: access denied by server while mounting 127.0.0.1:/');
			}
			return { folder: mountFolder(join(folder, fileSystemId), point), readOnly: judged.readOnly };
		},
	};
};
