import {
	AccessPointAlreadyExists,
	AccessPointNotFound,
	CreateAccessPointCommand,
	DeleteAccessPointCommand,
	type EFSClient,
} from '@aws-sdk/client-efs';
import { madeByTag } from '../env.ts';
import type { Homes, Unmake } from '../ports.ts';

/** EFS makes the Home's folder with this owner and mode at its first mount. */
export const createHomes = ({ client, fileSystem, deployment }: { client: EFSClient; fileSystem: string; deployment: string }): Homes => ({
	async makeAccessPoint(uid) {
		try {
			const { AccessPointId } = await client.send(
				new CreateAccessPointCommand({
					ClientToken: `${deployment}-home-${uid}`,
					FileSystemId: fileSystem,
					PosixUser: { Uid: uid, Gid: uid },
					RootDirectory: { Path: `/homes/${uid}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
					Tags: [
						{ Key: madeByTag, Value: deployment },
						{ Key: 'Name', Value: `${deployment}-home-${uid}` },
					],
				}),
			);
			if (!AccessPointId) throw new Error('EFS named no access point');
			return AccessPointId;
		} catch (error) {
			if (error instanceof AccessPointAlreadyExists && error.AccessPointId) return error.AccessPointId;
			throw error;
		}
	},
});

/** The folder behind it stays: it is empty by then, and only the file system's root could remove it. */
export const removeAccessPoint =
	(client: EFSClient): Unmake['accessPoint'] =>
	async (id) => {
		try {
			await client.send(new DeleteAccessPointCommand({ AccessPointId: id }));
		} catch (error) {
			if (!(error instanceof AccessPointNotFound)) throw error;
		}
	};
