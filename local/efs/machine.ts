/** EFS as far as Homes need it: file systems and access points. Pure: the same inputs give the same answers. */
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { type Faults, noFaults } from '../faults/faults.ts';

export interface FileSystem {
	id: string;
	/** kept for the judgement of mounts: the file system's own policy */
	policy?: unknown;
}

const ids = z.int().check(z.gte(0), z.lte(4_294_967_295));
const Tags = z.array(z.strictObject({ Key: z.string().check(z.regex(/^(?!aws:).{1,128}$/s)), Value: z.string().check(z.maxLength(256)) }));

/** documented: docs.aws.amazon.com/efs/latest/ug/API_CreateAccessPoint.html */
const CreateRequest = z.strictObject({
	ClientToken: z.string().check(z.minLength(1), z.maxLength(64)),
	FileSystemId: z.string(),
	PosixUser: z.optional(z.strictObject({ Uid: ids, Gid: ids, SecondaryGids: z.optional(z.array(ids).check(z.maxLength(16))) })),
	RootDirectory: z.optional(
		z.strictObject({
			// at most four levels
			Path: z.optional(z.string().check(z.maxLength(100), z.regex(/^(\/|(\/(?!\.+(\/|$))[^$#<>;`|&?{}^*/\n]+){1,4})$/))),
			CreationInfo: z.optional(z.strictObject({ OwnerUid: ids, OwnerGid: ids, Permissions: z.string().check(z.regex(/^[0-7]{3,4}$/)) })),
		}),
	),
	Tags: z.optional(Tags),
});
export type AccessPointRequest = z.infer<typeof CreateRequest>;

export interface AccessPoint {
	id: string;
	request: AccessPointRequest;
	tags: { Key: string; Value: string }[];
}

export interface EfsState {
	format: 1;
	fileSystems: FileSystem[];
	accessPoints: AccessPoint[];
}

export const emptyEfs = (): EfsState => ({ format: 1, fileSystems: [], accessPoints: [] });

/** AWS's answer to a request that it refuses. */
export class EfsError extends Error {
	readonly code: string;
	readonly status: number;
	readonly more: Record<string, string>;
	constructor(code: string, status: number, message: string, more: Record<string, string> = {}) {
		super(message);
		this.code = code;
		this.status = status;
		this.more = more;
	}
}

export interface EfsMachineOptions {
	region: string;
	account: string;
	/** what goes wrong; default nothing */
	faults?: Faults;
	/** 17 hexadecimal digits */
	newId(): string;
}

/** documented: 10,000 per file system, the default quota */
const maxAccessPoints = 10_000;

const parse = <T>(schema: z.core.$ZodType<T>, value: unknown): T => {
	const result = z.safeParse(schema, value);
	if (result.success) return result.data;
	const [issue] = result.error.issues;
	throw new EfsError('ValidationException', 400, `${issue?.path.join('.') || 'request'}: ${issue?.message}`);
};

export interface EfsMachine {
	createAccessPoint(request: unknown): Record<string, unknown>;
	describeAccessPoints(query: { accessPointId?: string | undefined; fileSystemId?: string | undefined; max: number; after?: string | undefined }): {
		AccessPoints: Record<string, unknown>[];
		NextToken?: string;
	};
	deleteAccessPoint(id: string): void;
	tag(id: string, tags: unknown): void;
	/** undefined: there is none */
	accessPoint(fileSystemId: string, id: string): AccessPoint | undefined;
}

export const createEfsMachine = (state: EfsState, options: EfsMachineOptions): EfsMachine => {
	const { faults = noFaults } = options;
	const arn = (id: string): string => `arn:aws:elasticfilesystem:${options.region}:${options.account}:access-point/${id}`;
	const describe = (point: AccessPoint, lifeCycleState: 'creating' | 'available'): Record<string, unknown> => ({
		ClientToken: point.request.ClientToken,
		Name: point.tags.find((tag) => tag.Key === 'Name')?.Value,
		Tags: point.tags,
		AccessPointId: point.id,
		AccessPointArn: arn(point.id),
		FileSystemId: point.request.FileSystemId,
		PosixUser: point.request.PosixUser,
		RootDirectory: { Path: '/', ...point.request.RootDirectory },
		OwnerId: options.account,
		LifeCycleState: lifeCycleState,
	});
	const find = (id: string): AccessPoint => {
		const found = state.accessPoints.find((point) => point.id === id);
		if (!found) throw new EfsError('AccessPointNotFound', 404, `Access point '${id}' does not exist.`);
		return found;
	};
	const requireFileSystem = (id: string): void => {
		if (!state.fileSystems.some((one) => one.id === id)) throw new EfsError('FileSystemNotFound', 404, `File system '${id}' does not exist.`);
	};

	return {
		createAccessPoint: (value) => {
			const request = parse(CreateRequest, value);
			requireFileSystem(request.FileSystemId);
			const twin = state.accessPoints.find((point) => point.request.ClientToken === request.ClientToken);
			// documented: the error, and that creation is idempotent; not which of them an equal request meets
			if (twin && isDeepStrictEqual(twin.request, request) && faults.choose('E1h', ['refused', 'answered']) === 'answered')
				return describe(twin, 'available');
			if (twin) throw new EfsError('AccessPointAlreadyExists', 409, `Access point '${twin.id}' already exists.`, { AccessPointId: twin.id });
			if (state.accessPoints.filter((point) => point.request.FileSystemId === request.FileSystemId).length >= maxAccessPoints)
				throw new EfsError('AccessPointLimitExceeded', 403, `The file system has ${maxAccessPoints} access points.`);
			const point = { id: `fsap-${options.newId()}`, request, tags: request.Tags ?? [] };
			state.accessPoints.push(point);
			return describe(point, 'creating');
		},
		describeAccessPoints: (query) => {
			if (query.accessPointId !== undefined) return { AccessPoints: [describe(find(query.accessPointId), 'available')] };
			if (query.fileSystemId !== undefined) requireFileSystem(query.fileSystemId);
			const matching = state.accessPoints.filter((point) => query.fileSystemId === undefined || point.request.FileSystemId === query.fileSystemId);
			const from = query.after === undefined ? 0 : matching.findIndex((point) => point.id === query.after) + 1;
			const page = matching.slice(from, from + query.max);
			const last = page.at(-1);
			return {
				AccessPoints: page.map((point) => describe(point, 'available')),
				...(last && from + query.max < matching.length ? { NextToken: last.id } : {}),
			};
		},
		deleteAccessPoint: (id) => {
			state.accessPoints.splice(state.accessPoints.indexOf(find(id)), 1);
		},
		tag: (id, value) => {
			const point = find(id);
			const tags = parse(Tags, value);
			point.tags = [...point.tags.filter((old) => !tags.some((tag) => tag.Key === old.Key)), ...tags];
			if (point.tags.length > 50) throw new EfsError('BadRequest', 400, 'A resource can have 50 tags.');
		},
		accessPoint: (fileSystemId, id) => state.accessPoints.find((point) => point.id === id && point.request.FileSystemId === fileSystemId),
	};
};
