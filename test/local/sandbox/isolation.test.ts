import { existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { createSandbox } from '../../../local/sandbox/sandbox.ts';
import { createFixture, uid } from './fixture.ts';

/** words that make the user of the container, as the image's entry point does */
const makeUser = `echo 'dev:x:${uid}:${uid}::/home/dev:/bin/bash' >>/etc/passwd; echo 'dev:x:${uid}:' >>/etc/group;`;
const asDev = `setpriv --reuid=${uid} --regid=${uid} --clear-groups`;

describe.skipIf(sandboxProblem() !== undefined)('a container', () => {
	const fixture = createFixture();
	afterAll(fixture.remove);

	it("runs the image's command with its files, environment and working directory", async () => {
		expect(await fixture.run('')).toEqual({ code: 0, launched: true, output: 'hello world from /opt/fixture\n' });
	});

	it("has this checkout's node and node_modules where the image would have built them, read-only", async () => {
		const { output } = await fixture.run(
			'node -p process.version; /usr/local/bin/node -p 1; ls -d node_modules/vitest; touch node_modules/x 2>&1 || echo refused',
		);
		expect(output).toMatch(new RegExp(`^${process.version}\n1\nnode_modules/vitest\n.*Read-only file system\nrefused\n$`));
	});

	it('ends with the exit code of its command, 128 + n for a signal', async () => {
		expect((await fixture.run('exit 7')).code).toBe(7);
		expect((await fixture.run('exit 9', { init: true })).code).toBe(9);
		expect((await fixture.run("sh -c 'kill -9 $$'; exit $?")).code).toBe(137);
	});

	it('writes to /etc, /usr, /var and /tmp reach nothing outside', async () => {
		const name = `shellpod-${process.pid}`;
		const { code } = await fixture.run(
			`for d in /etc /usr/bin /var/lib /tmp /opt /run; do echo x >$d/${name} || exit 1; done; echo '1.2.3.4 outside' >>/etc/hosts; rm /etc/passwd`,
		);
		expect(code).toBe(0);
		for (const folder of ['/etc', '/usr/bin', '/var/lib', '/tmp', '/opt', '/run']) expect(existsSync(join(folder, name))).toBe(false);
		expect(readFileSync('/etc/hosts', 'utf8')).not.toContain('outside');
		expect(existsSync('/etc/passwd')).toBe(true);
	});

	it('starts with an empty /tmp, /run and /home that every user of it can use', async () => {
		const { output } = await fixture.run(`ls -A /tmp /home /root; ${asDev} sh -c 'echo x >/tmp/mine && stat -c %u:%a /tmp/mine'`);
		expect(output).toBe(`/home:\ndev\n\n/root:\n\n/tmp:\n${uid}:644\n`);
	});

	it('sees its own processes only', async () => {
		const { output } = await fixture.run('sleep 30 & ps -eo args; ls /proc | grep -c "^[0-9]"');
		expect(output).not.toContain('vitest');
		expect(output).toContain('sleep 30');
	});

	it('`kill -9 -1` by its user or by root ends its own processes only', async () => {
		const { output, code } = await fixture.run(
			`${asDev} sleep 4710 & until [ $(stat -c %u /proc/$!) = ${uid} ]; do :; done; ${asDev} sh -c 'kill -9 -1'; wait $!; echo "user's $?"; sh -c 'kill -9 -1'; echo "root's $?"`,
			{
				init: true,
			},
		);
		expect(code).toBe(137);
		expect(output).toMatch(/user's 137\n$/);
	});

	it("doesn't find the state folder, other homes, the checkout or anything else outside the system", async () => {
		const checkout = join(import.meta.dirname, '../../..');
		const { output } = await fixture.run(
			`for p in ${fixture.state} ${checkout} /boot /mnt /srv; do ls $p >/dev/null 2>&1 && echo "sees $p"; done; ls -A / | tr '\\n' ' '`,
		);
		expect(output).not.toContain('sees');
		expect(
			output
				.trim()
				.split(' ')
				.filter((name) => !/^(bin|sbin|lib\w*|usr|etc|var|opt|dev|proc|sys|run|home|root|tmp)$/.test(name)),
		).toEqual([]);
	});

	it("doesn't find what is hidden within the system's folders, and the image may have its own there", async () => {
		const hiding = createSandbox({ folder: join(fixture.state, 'hiding'), hidden: ['/usr/share/doc/bash', '/usr/share/doc', '/usr/local/bin'] });
		const { output } = await hiding.start({ ...fixture.options('ls /usr/share/doc 2>/dev/null; ls /usr/local/bin; ls /usr/share | grep -c .') })
			.ended;
		expect(output).toMatch(/^greet\nnode\n\d\d+\n$/);
	});

	it("doesn't find what the machine keeps from its ordinary users", async () => {
		const { output } = await fixture.run(
			'cut -d: -f2 /etc/shadow | sort -u; ls /etc/ssh/ssh_host_*_key /var/log/*.log /var/backups/* /root/* 2>/dev/null',
		);
		expect(output).toMatch(/^[!*\n]*$/);
	});

	it('has no disk of the machine and makes none', async () => {
		const { output } = await fixture.run('find /dev -type b; mknod /tmp/disk b 254 0 2>&1; mknod /tmp/mem c 1 1 2>&1');
		expect(output).toBe('mknod: /tmp/disk: Operation not permitted\nmknod: /tmp/mem: Operation not permitted\n');
	});

	it("root inside has no rights over the kernel, the mounts or the machine's name", async () => {
		const { output } = await fixture.run(`
			mount -t tmpfs x /media 2>/dev/null && echo mounts
			umount /home/dev 2>/dev/null && echo unmounts
			unshare --user true 2>/dev/null && echo user namespaces
			unshare --mount true 2>/dev/null && echo mount namespaces
			(echo 1 >/proc/sys/kernel/core_uses_pid) 2>/dev/null && echo writes sysctl
			for f in $(find /proc -maxdepth 1 -type f -perm /222); do (: >>$f) 2>/dev/null && echo writes $f; done
			find /sys -maxdepth 3 -perm /222 -type f 2>/dev/null | while read -r f; do (: >>$f) 2>/dev/null && echo writes $f; done
			hostname other 2>/dev/null && echo renames
			true`);
		expect(output).toBe('');
		expect(hostname()).not.toBe('fixture');
	});

	it('has terminals, shared memory and the usual devices', async () => {
		const { output } = await fixture.run(
			`script -qc 'tty' /dev/null | tr -d '\\r'; echo x >/dev/shm/x && cat /dev/shm/x; head -c 4 /dev/urandom | wc -c; ls /dev/fd >/dev/null && echo fd; hostname`,
		);
		expect(output).toBe('/dev/pts/0\nx\n4\nfd\nfixture\n');
	});

	it("keeps the Home, and its files are the Home's own user's", async () => {
		await fixture.run(`${makeUser} ${asDev} sh -c 'echo kept >/home/dev/file'`);
		expect(statSync(join(fixture.home, 'file'))).toMatchObject({ uid, gid: uid });
		expect((await fixture.run('cat /home/dev/file')).output).toBe('kept\n');
	});

	it('lets root inside change owners, accounts and packages', async () => {
		const { output, code } = await fixture.run(`${makeUser}
			touch /etc/mine && chown dev:dev /etc/mine && stat -c %U /etc/mine
			mkdir -p /tmp/p/DEBIAN /tmp/p/usr/share/fixture && echo x >/tmp/p/usr/share/fixture/file && chown -R dev /tmp/p/usr/share/fixture
			printf 'Package: fixture\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' >/tmp/p/DEBIAN/control
			dpkg-deb --build /tmp/p /tmp/p.deb >/dev/null && apt-get install -y /tmp/p.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
			stat -c %U /usr/share/fixture/file; cp /usr/bin/id /tmp/id && chown root /tmp/id && chmod 4755 /tmp/id && ${asDev} /tmp/id -u -r; ${asDev} /tmp/id -u`);
		expect(output).toBe(`dev\ndev\n${uid}\n0\n`);
		expect(code).toBe(0);
		expect(existsSync('/usr/share/fixture')).toBe(false);
	});
});
