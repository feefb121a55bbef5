import { chmodSync, chownSync, statSync } from 'node:fs';
import {
	AccessPointAlreadyExists,
	AccessPointNotFound,
	CreateAccessPointCommand,
	CreateFileSystemCommand,
	DeleteAccessPointCommand,
	DescribeAccessPointsCommand,
	EFSClient,
	FileSystemNotFound,
	TagResourceCommand,
	ValidationException,
} from '@aws-sdk/client-efs';
import { createHomes, removeAccessPoint } from '@shellpod/functions/adapters/homes.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createEfs } from '../../../local/efs/efs.ts';
import { createFaultPlan } from '../../../local/faults/faults.ts';
import { createAwsServer } from '../aws-server.ts';

const server = await createAwsServer();
afterAll(server.close);

/** as long as the file system has no policy, whoever comes may mount */
const anybody = { role: undefined, session: 'task', tls: true };

describe('EFS', () => {
	const efs = createEfs(server.world(), { rights: () => undefined, note: () => {} });
	server.serve(efs);
	const client = new EFSClient(server.client('efs'));
	const make = async () => await efs.create(server.resource('AWS::EFS::FileSystem', { Encrypted: true }));
	let count = 0;
	const request = async (uid: number) => ({
		ClientToken: `token-${++count}`,
		FileSystemId: (await make()).ref,
		PosixUser: { Uid: uid, Gid: uid },
		RootDirectory: { Path: `/homes/${uid}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
		Tags: [
			{ Key: 'Name', Value: `home-${uid}` },
			{ Key: 'owner', Value: 'a' },
		],
	});

	it('gives the same file system at each start', async () => {
		const first = await make();
		expect(first.ref).toMatch(/^fs-[0-9a-f]{17}$/);
		expect(first.attributes.Arn).toBe(`arn:aws:elasticfilesystem:us-east-1:000000000000:file-system/${first.ref}`);
		expect(await createEfs(server.world(), { rights: () => undefined, note: () => {} }).create(server.resource('AWS::EFS::FileSystem', {}))).toEqual(
			first,
		);
	});

	it('refuses a property that it does not cover by its name', () => {
		expect(() => efs.create(server.resource('AWS::EFS::FileSystem', { AvailabilityZoneName: 'us-east-1a' }))).toThrow('AvailabilityZoneName');
	});

	it('[aws-E1d] makes an access point once per client token', async () => {
		const wanted = await request(100_001);
		const made = await client.send(new CreateAccessPointCommand(wanted));
		expect(made).toMatchObject({ LifeCycleState: 'creating', Name: 'home-100001', PosixUser: wanted.PosixUser, RootDirectory: wanted.RootDirectory });
		const again = await client.send(new CreateAccessPointCommand(wanted)).catch((error: unknown) => error);
		expect(again).toBeInstanceOf(AccessPointAlreadyExists);
		expect(again).toMatchObject({ AccessPointId: made.AccessPointId, $metadata: { httpStatusCode: 409 } });
	});

	it('[aws-E1c] never changes an access point: a used token makes no other one, and there is no operation that would', async () => {
		const wanted = await request(100_007);
		const made = await client.send(new CreateAccessPointCommand(wanted));
		const other = { ...wanted, PosixUser: { Uid: 0, Gid: 0 }, RootDirectory: { Path: '/' } };
		await expect(client.send(new CreateAccessPointCommand(other))).rejects.toBeInstanceOf(AccessPointAlreadyExists);
		for (const method of ['PUT', 'PATCH', 'POST']) {
			const path = `/2015-02-01/access-points/${made.AccessPointId}`;
			const answer = await fetch(`${server.base}/efs${path}`, { method, body: JSON.stringify(other) });
			expect([answer.status, await answer.json()]).toMatchObject([400, { Message: `The local EFS doesn't cover ${method} ${path}.` }]);
		}
		const { AccessPoints } = await client.send(new DescribeAccessPointsCommand({ AccessPointId: made.AccessPointId }));
		expect(AccessPoints).toMatchObject([{ PosixUser: wanted.PosixUser, RootDirectory: wanted.RootDirectory }]);
	});

	it('[aws-E1h] answers a repeated request with an error or with what it made: nobody knows', async () => {
		const faulty = await createAwsServer({ faults: createFaultPlan(1, { chances: {}, durations: {}, counts: {} }) });
		try {
			const one = createEfs(faulty.world(), { rights: () => undefined, note: () => {} });
			faulty.serve(one);
			const FileSystemId = (await one.create(faulty.resource('AWS::EFS::FileSystem', {}))).ref;
			const homes = createHomes({ client: new EFSClient(faulty.client('efs')), fileSystem: FileSystemId, deployment: 'd' });
			const ask = () =>
				new EFSClient(faulty.client('efs')).send(new CreateAccessPointCommand({ ClientToken: 'd-home-100001', FileSystemId })).then(
					() => 'other',
					(error: Error) => error.name,
				);
			const id = await homes.makeAccessPoint(100_001);
			const plain = new EFSClient(faulty.client('efs'));
			const { AccessPoints: [made] = [] } = await plain.send(new DescribeAccessPointsCommand({ AccessPointId: id }));
			const { ClientToken, PosixUser, RootDirectory, Tags } = made ?? {};
			const ways = new Set<string>();
			for (let tried = 0; tried < 50; tried += 1) {
				ways.add(
					await plain.send(new CreateAccessPointCommand({ ClientToken, FileSystemId, PosixUser, RootDirectory, Tags })).then(
						({ AccessPointId }) => AccessPointId ?? '',
						(error: Error) => error.name,
					),
				);
				// the product has the same either way, and another request is never answered
				expect(await homes.makeAccessPoint(100_001)).toBe(id);
				expect(await ask()).toBe('AccessPointAlreadyExists');
			}
			expect(ways).toEqual(new Set(['AccessPointAlreadyExists', id]));
		} finally {
			await faulty.close();
		}
	});

	it('describes by id and by file system, page by page, and keeps all on disk', async () => {
		const made = await client.send(new CreateAccessPointCommand(await request(100_002)));
		server.serve(createEfs(server.world(), { rights: () => undefined, note: () => {} }));
		const one = await client.send(new DescribeAccessPointsCommand({ AccessPointId: made.AccessPointId }));
		expect(one.AccessPoints).toMatchObject([{ LifeCycleState: 'available', AccessPointArn: made.AccessPointArn }]);
		const first = await client.send(new DescribeAccessPointsCommand({ FileSystemId: made.FileSystemId, MaxResults: 1 }));
		const second = await client.send(
			new DescribeAccessPointsCommand({ FileSystemId: made.FileSystemId, MaxResults: 99, NextToken: first.NextToken }),
		);
		const ids = [...(first.AccessPoints ?? []), ...(second.AccessPoints ?? [])].map((point) => point.AccessPointId);
		expect(ids).toContain(made.AccessPointId);
		expect(new Set(ids).size).toBe(ids.length);
		expect(second.NextToken).toBeUndefined();
		server.serve(efs);
	});

	it('tags, and deletes', async () => {
		const made = await client.send(new CreateAccessPointCommand(await request(100_003)));
		await client.send(new TagResourceCommand({ ResourceId: made.AccessPointId, Tags: [{ Key: 'owner', Value: 'b' }] }));
		const { AccessPoints } = await client.send(new DescribeAccessPointsCommand({ AccessPointId: made.AccessPointId }));
		expect(AccessPoints?.[0]?.Tags).toEqual([
			{ Key: 'Name', Value: 'home-100003' },
			{ Key: 'owner', Value: 'b' },
		]);
		await client.send(new DeleteAccessPointCommand({ AccessPointId: made.AccessPointId }));
		await expect(client.send(new DescribeAccessPointsCommand({ AccessPointId: made.AccessPointId }))).rejects.toBeInstanceOf(AccessPointNotFound);
	});

	it('[aws-E1i] an access point that is gone can not be deleted, which the adapter takes for done', async () => {
		const { AccessPointId: id = '' } = await client.send(new CreateAccessPointCommand(await request(100_009)));
		const remove = removeAccessPoint(client);
		await remove(id);
		await expect(client.send(new DeleteAccessPointCommand({ AccessPointId: id }))).rejects.toBeInstanceOf(AccessPointNotFound);
		await remove(id);
	});

	it("refuses in AWS's classes", async () => {
		const wanted = await request(100_004);
		await expect(client.send(new CreateAccessPointCommand({ ...wanted, FileSystemId: 'fs-0' }))).rejects.toBeInstanceOf(FileSystemNotFound);
		for (const Path of ['/a/b/c/d/e', 'a', '/a b/../c', `/${'a'.repeat(100)}`])
			await expect(client.send(new CreateAccessPointCommand({ ...wanted, RootDirectory: { Path } }))).rejects.toBeInstanceOf(ValidationException);
		await expect(client.send(new CreateFileSystemCommand({ CreationToken: 'x' }))).rejects.toThrow("doesn't cover POST /2015-02-01/file-systems");
	});

	it('[aws-E1a] makes the folder at the first mount, with the owner and mode that CreationInfo says', async () => {
		const made = await client.send(new CreateAccessPointCommand(await request(100_005)));
		const { folder } = efs.mount(made.FileSystemId ?? '', made.AccessPointId ?? '', anybody);
		const stat = statSync(folder);
		expect([stat.uid, stat.gid, stat.mode & 0o7777]).toEqual([100_005, 100_005, 0o700]);
		// what its user made of it since then stays
		chmodSync(folder, 0o755);
		chownSync(folder, 100_999, 100_998);
		expect(efs.mount(made.FileSystemId ?? '', made.AccessPointId ?? '', anybody)).toEqual({ folder, readOnly: false });
		const later = statSync(folder);
		expect([later.uid, later.gid, later.mode & 0o7777]).toEqual([100_999, 100_998, 0o755]);
	});

	it('fails the mount of a missing folder without CreationInfo, and of an access point that is gone', async () => {
		const made = await client.send(new CreateAccessPointCommand({ ...(await request(100_006)), RootDirectory: { Path: '/missing' } }));
		expect(() => efs.mount(made.FileSystemId ?? '', made.AccessPointId ?? '', anybody)).toThrow("/missing doesn't exist");
		expect(() => efs.mount(made.FileSystemId ?? '', 'fsap-0', anybody)).toThrow('fsap-0 of fs-');
		expect(() => efs.mount('fs-0', made.AccessPointId ?? '', anybody)).toThrow("doesn't exist");
	});
});
