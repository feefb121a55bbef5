import { expect, it } from 'vitest';
import { graftsOf } from '../../../local/sandbox/grafts.ts';

it("finds the system's own file systems, and nobody else's", () => {
	const mountinfo = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
25 22 0:5 / /proc rw - proc proc rw
26 22 0:5 / /usr/share/proc rw - proc proc rw
30 22 8:2 / /var rw,relatime shared:9 master:2 - xfs /dev/sda2 rw
31 30 8:3 / /var/log rw - ext4 /dev/sda3 rw
32 22 8:4 / /home rw - ext4 /dev/sda4 rw
33 30 0:40 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
34 30 8:5 / /var/lib/postgresql rw - ext4 /dev/sda5 rw
35 22 8:6 / /opt/my\\040tools rw - btrfs /dev/sda6 rw
36 22 0:50 / /opt/share rw - nfs4 server:/ rw
37 22 8:7 / /usr rw - ext4 /dev/sda7 rw
`;
	expect(graftsOf(mountinfo)).toEqual(['/opt/my tools', '/usr', '/var', '/var/log']);
});
