import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createPidFile, isStateFolderHeld, listenOnKeptPort, lockStateFolder, openStateFolder } from '../../local/state-folder.ts';

const root = join(import.meta.dirname, '../..');
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const folder = (): string => {
	const path = mkdtempSync(join(tmpdir(), 'state-'));
	cleanups.push(() => rmSync(path, { recursive: true }));
	return path;
};

const server = (): ReturnType<typeof createServer> => {
	const one = createServer();
	cleanups.push(() => one.close());
	return one;
};

describe('the state folder', () => {
	it('is made with rights for its owner only', () => {
		const path = openStateFolder(join(folder(), 'a', 'b'));
		expect(statSync(path).mode & 0o077).toBe(0);
	});

	it('that can not be written is refused in one line', () => {
		const file = join(folder(), 'file');
		writeFileSync(file, '');
		expect(() => openStateFolder(join(file, 'state'))).toThrow(/^the state folder .* can't be written: ENOTDIR$/);
	});

	it('where the kernel makes none is refused in one line, at once', () => {
		expect(() => openStateFolder('/proc/shellpod/state')).toThrow(/^the state folder .* can't be written: ENOENT$/);
	});

	it('is held by one stack at a time, and free when that is gone', async () => {
		const path = folder();
		expect(await isStateFolderHeld(path)).toBe(false);
		const lock = await lockStateFolder(path);
		expect(await isStateFolderHeld(path)).toBe(true);
		await expect(lockStateFolder(path)).rejects.toThrow('another ShellPod runs on the state folder');
		lock.close();
		await once(lock, 'close');
		const again = await lockStateFolder(path);
		again.close();
	});

	it('lists process ids, and knows which of them still run', () => {
		const path = folder();
		const pids = createPidFile(path);
		expect(pids.survivors()).toEqual([]);
		pids.update([process.pid, 4_000_001, process.pid]);
		expect(readFileSync(join(path, 'pids'), 'utf8')).toBe(`${process.pid}\n4000001\n`);
		expect(createPidFile(path).survivors()).toEqual([process.pid]);
	});

	it('does not take a process that has such a number since for one of the stack', () => {
		const path = folder();
		createPidFile(path).update([process.pid]);
		const before = new Date(Date.now() - 3_600_000);
		utimesSync(join(path, 'pids'), before, before);
		expect(createPidFile(path).survivors()).toEqual([]);
	});

	it('keeps the port of the endpoints; without running tasks it takes another when that is taken', async () => {
		const path = folder();
		const first = server();
		const port = await listenOnKeptPort(first, path, false);
		expect((first.address() as AddressInfo).address).toBe('127.0.0.1');
		await expect(listenOnKeptPort(server(), path, true)).rejects.toThrow(`port ${port}, at which running sessions look for ShellPod, is taken`);
		first.close();
		await once(first, 'close');
		const second = server();
		expect(await listenOnKeptPort(second, path, true)).toBe(port);
		expect(await listenOnKeptPort(server(), path, false)).not.toBe(port);
	});
});

describe('a start that can not be', () => {
	/** Runs the stack's program until it ends. */
	const run = async (environment: Record<string, string>, ...args: string[]) => {
		const child = spawn(process.execPath, [join(root, 'local/main.ts'), ...args], { env: { PATH: process.env.PATH, ...environment } });
		let errors = '';
		let output = '';
		child.stderr.on('data', (chunk) => {
			errors += chunk;
		});
		child.stdout.on('data', (chunk) => {
			output += chunk;
		});
		const [code] = (await once(child, 'close')) as [number];
		return { code, errors, output };
	};

	it('says that the port is taken, in one line, with code 1', async () => {
		const taken = server();
		taken.listen(0, '127.0.0.1');
		await once(taken, 'listening');
		const { port } = taken.address() as AddressInfo;
		expect(await run({ PORT: String(port), SHELLPOD_STATE: folder() })).toEqual({
			code: 1,
			output: '',
			errors: `port ${port} is taken: end what uses it, or set PORT to another port\n`,
		});
	});

	it('says that the state folder can not be written, in one line, with code 1', async () => {
		const file = join(folder(), 'file');
		writeFileSync(file, '');
		const { code, errors } = await run({ SHELLPOD_STATE: file });
		expect([code, errors]).toEqual([1, expect.stringMatching(/^the state folder [^\n]+ can't be written: \w+\n$/)]);
	});

	it('has no environment to print when no stack runs', async () => {
		const path = folder();
		expect(await run({ SHELLPOD_STATE: path }, '--aws-env')).toEqual({
			code: 1,
			output: '',
			errors: `no ShellPod runs on ${path}: start one with npm start\n`,
		});
	});
});
