/** What makes Homes: access points by the stand-in's EFS machine, roles by a table of names. */
import type { HomeRoles, Homes, Unmake } from '@shellpod/functions/ports.ts';
import { createEfsMachine, EfsError, emptyEfs } from '../../../local/efs/machine.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Environment } from './lambda.ts';
import { account, deployment, fileSystem, region } from './names.ts';
import type { Ports } from './ports.ts';
import { InjectedError } from './table.ts';

export interface HomeMakers {
	of(environment: Environment): { homes: Homes; roles: HomeRoles; unmake: Omit<Unmake, 'definitions'> };
	/** What there is that bears this uid, in words. */
	left(uid: number): string[];
}

export interface HomeMakersOptions {
	kernel: Kernel;
	faults: Faults;
	ports: Ports;
	/** An access point is about to go. */
	removed(id: string): void;
}

export const createHomeMakers = (options: HomeMakersOptions): HomeMakers => {
	const { kernel, faults, ports } = options;
	const chance = kernel.random('homes');
	let ids = 0;
	const state = emptyEfs();
	state.fileSystems.push({ id: fileSystem });
	const machine = createEfsMachine(state, { region, account, newId: () => (ids++).toString(16).padStart(17, '0') });

	const ask = async <T>(what: string, work: () => T): Promise<T> => {
		await kernel.sleep(chance.between(20, 200), what);
		if (faults.happens('ecs-fails')) throw new InjectedError(`${what}: server error`);
		const answer = work();
		await kernel.sleep(chance.between(5, 50), what);
		return answer;
	};

	const removeAccessPoint = (id: string): void => {
		options.removed(id);
		try {
			machine.deleteAccessPoint(id);
		} catch (error) {
			if (!(error instanceof EfsError && error.code === 'AccessPointNotFound')) throw error;
		}
	};
	const roles = new Set<string>();

	const makeAccessPoint = (uid: number): string => {
		try {
			const made = machine.createAccessPoint({
				ClientToken: `${deployment}-home-${uid}`,
				FileSystemId: fileSystem,
				PosixUser: { Uid: uid, Gid: uid },
				RootDirectory: { Path: `/homes/${uid}`, CreationInfo: { OwnerUid: uid, OwnerGid: uid, Permissions: '0700' } },
			});
			return String(made.AccessPointId);
		} catch (error) {
			if (error instanceof EfsError && error.more.AccessPointId) return error.more.AccessPointId;
			throw error;
		}
	};

	return {
		of: (environment) => ({
			homes: { makeAccessPoint: (uid) => ports.call(environment, 'CreateAccessPoint', () => ask('CreateAccessPoint', () => makeAccessPoint(uid))) },
			roles: {
				makeRole: (name) =>
					ports.call(environment, 'CreateRole', () =>
						ask('CreateRole', () => {
							roles.add(name);
							return `arn:aws:iam::${account}:role/shellpod/${name}`;
						}),
					),
				room: () => ports.call(environment, 'GetAccountSummary', () => ask('GetAccountSummary', () => ({ left: 1_000 - roles.size, quota: 1_000 }))),
			},
			unmake: {
				accessPoint: (id) => ports.call(environment, 'DeleteAccessPoint', () => ask('DeleteAccessPoint', () => removeAccessPoint(id))),
				role: (name) => ports.call(environment, 'DeleteRole', () => ask('DeleteRole', () => void roles.delete(name))),
			},
		}),
		left: (uid) => [
			...state.accessPoints.filter(({ request }) => request.RootDirectory?.Path === `/homes/${uid}`).map(({ id }) => `access point ${id}`),
			...[...roles].filter((name) => name.endsWith(`-${uid}`)).map((name) => `role ${name}`),
		],
	};
};
