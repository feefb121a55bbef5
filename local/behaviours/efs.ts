/** E. EFS. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const guide = 'efs/latest/ug';
const points = documented(`${guide}/efs-access-points.html`);
const limits = documented(`${guide}/limits.html`);
const bindMount = 'a mount here is a bind mount: the access point’s user is not forced on files';
const notYet = 'the stand-in does not do it yet';

export const efs: readonly Behaviour[] = [
	rule('E1a', 'an access point makes its root directory at the first mount, with the owner and mode of CreationInfo', points),
	rule('E1b', 'files get the user of the access point, whoever writes', points, bindMount),
	rule('E1c', 'an access point can not be changed', points, 'EFS has no operation for it, and what is not covered is refused by name'),
	rule('E1d', 'a client token makes one access point', documented(`${guide}/API_CreateAccessPoint.html`)),
	rule('E1e', 'chown fails with EPERM', points, bindMount),
	rule('E1f', 'a file has at most 177 hard links', limits, bindMount),
	rule('E1g', 'only POSIX permissions, no ACL', limits, bindMount),
	rule('E2', 'a mount that policies do not allow fails the start of the task', documented(`${guide}/iam-access-control-nfs-efs.html`)),
	fault('E3a', 'each operation on metadata takes 1 to 12 ms', assumed('measured by others'), bindMount),
	fault('E3b', 'two tasks have one Home at once; locks are advisory', documented(`${guide}/features.html`), notYet),
	fault('E3c', 'ESTALE', documented(`${guide}/troubleshooting-efs-general.html`), bindMount),
];
