/** Parts of the machine's system that lie on file systems of their own: an overlay over `/` doesn't show what is mounted below it. */
import { readFileSync, statSync } from 'node:fs';

/** Folders at the root that are the system; `/home`, `/root`, `/tmp`, `/run` and whatever else is there are not. */
export const systemFolders: ReadonlySet<string> = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'usr', 'etc', 'var', 'opt']);
/** what holds files for good; the rest is the kernel's, the network's or of no lasting kind */
const diskTypes = new Set(['ext2', 'ext3', 'ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'bcachefs']);
/** of containers, snaps and users' mounts */
const foreign = /^\/var\/(?:lib|snap|tmp)\//;

const unescaped = (path: string): string => path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/**
 * Mount points of the system's own, outer ones first.
 * @param mountinfo as /proc/self/mountinfo has it: "36 35 98:0 /root /mount/point options - type source super"
 */
export const graftsOf = (mountinfo: string): string[] =>
	mountinfo
		.split('\n')
		.map((line) => ({ path: unescaped(line.split(' ')[4] ?? ''), type: line.split(' - ')[1]?.split(' ')[0] ?? '' }))
		.filter(({ path, type }) => diskTypes.has(type) && systemFolders.has(path.split('/')[1] ?? '') && !foreign.test(path))
		.map(({ path }) => path)
		.sort();

/** Folders only: a container of somebody else's has mounts on single files, `/etc/hosts` for one. */
export const readGrafts = (): string[] => graftsOf(readFileSync('/proc/self/mountinfo', 'utf8')).filter((path) => statSync(path).isDirectory());
