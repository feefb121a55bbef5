/** E. EFS. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const guide = 'efs/latest/ug';
const points = documented(`${guide}/efs-access-points.html`);
const limits = documented(`${guide}/limits.html`);
const identity = documented(`${guide}/enforce-identity-access-points.html`);
/** The kernel gives a mount's users other numbers only one to one: all of them as one is what a file server between task and folder does. */
const oneToOne = 'a mount here is a bind mount, and the kernel maps its users one to one at most, never all to one';
const noServer = 'a mount here is a bind mount of a folder, whose file system answers: there is no file server between that could';

export const efs: readonly Behaviour[] = [
	rule('E1a', 'an access point makes its root directory at the first mount, with the owner and mode of CreationInfo', points),
	rule('E1b', 'files get the user of the access point, whoever writes', identity, `${oneToOne}; what root writes in a Home is root's here`),
	rule('E1c', 'an access point can not be changed', points),
	rule('E1d', 'a client token makes one access point', documented(`${guide}/API_CreateAccessPoint.html`)),
	rule(
		'E1e',
		'chown fails with EPERM',
		points,
		`${oneToOne}; one that knows the Home's user only would refuse chown, with EOVERFLOW, but also each file that root makes there`,
	),
	rule('E1f', 'a file has at most 177 hard links', limits, `${noServer} refuse the 178th`),
	rule('E1g', 'only POSIX permissions, no ACL', limits, `${noServer} refuse an ACL, and a mount of a part can not leave them out`),
	rule(
		'E1h',
		'an equal request with a used token is answered with an error or with the access point',
		assumed('idempotent, with an error of its own'),
	),
	rule('E1i', 'an access point that is gone can not be deleted: AccessPointNotFound', documented(`${guide}/API_DeleteAccessPoint.html`)),
	rule('E2', 'a mount that policies do not allow fails the start of the task', documented(`${guide}/iam-access-control-nfs-efs.html`)),
	fault('E3a', 'each operation on metadata takes 1 to 12 ms', assumed('measured by others'), `${noServer} take its time`),
	fault('E3b', 'two tasks have one Home at once; locks are advisory', documented(`${guide}/features.html`)),
	fault(
		'E3c',
		'ESTALE',
		documented(`${guide}/troubleshooting-efs-general.html`),
		'all tasks share one kernel, for which a file that is open stays a file, whoever deletes it',
	),
];
