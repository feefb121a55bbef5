/** What a mount through an access point finds: a folder of this machine, made at the first mount. */
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessPoint } from './machine.ts';

/**
 * @param root the file system's folder
 * @returns absolute path of the access point's root directory
 * @throws when the directory is missing and the access point doesn't say how to make it
 */
export const mountFolder = (root: string, point: AccessPoint): string => {
	const { Path: path = '/', CreationInfo: creation } = point.request.RootDirectory ?? {};
	const folder = join(root, path);
	if (existsSync(folder)) return folder;
	// documented: without CreationInfo the mount of a missing directory fails
	if (!creation && path !== '/') throw new Error(`the access point's root directory ${path} doesn't exist`);
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	if (creation) {
		chownSync(folder, creation.OwnerUid, creation.OwnerGid);
		chmodSync(folder, Number.parseInt(creation.Permissions, 8));
	}
	return folder;
};
