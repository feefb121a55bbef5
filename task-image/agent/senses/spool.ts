/** Hooks of Claude Code as files: written by `bin/claude-hook`, taken here in the order in which they were written. */
import { watch } from 'node:fs';
import { lstat, mkdir, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HookEvent } from './claude.ts';
import { readPlainFile } from './plain-file.ts';

export interface Hook {
	event: HookEvent;
	/** the processes that could have run it: the hook's parent and that one's */
	pids: readonly number[];
	/** ms since 1970, by the clock of the task */
	writtenAt: number;
}

/** files that are read at once; whoever writes more writes nonsense */
const most = 256;
/** bytes: a tool's whole input stands in it */
const largest = 8 * 1024 * 1024;

/** `PARENT.GRANDPARENT.OWN.json` */
const named = /^(\d+)\.(\d+)\.\d+\.json$/;

export const createSpool = (folder: string) => ({
	/** Calls `changed` when something was written. Gives what ends it. */
	async watch(changed: () => void): Promise<() => void> {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const watcher = watch(folder, changed);
		// A folder that somebody deletes is looked at no more, and the next look makes none either: hooks are lost then, by its owner's will.
		watcher.on('error', () => watcher.close());
		return () => watcher.close();
	},
	/** Takes what is there. What can't be read as a hook is thrown away. */
	async take(): Promise<Hook[]> {
		const names = (await readdir(folder).catch(() => [])).filter((name) => named.test(name));
		const files = await Promise.all(
			names.map(async (name) => {
				const path = join(folder, name);
				return { path, name, at: (await lstat(path).catch(() => undefined))?.mtimeMs ?? 0 };
			}),
		);
		const hooks: Hook[] = [];
		for (const [index, { path, name, at }] of files.toSorted((a, b) => a.at - b.at).entries()) {
			const [, parent, grandparent] = named.exec(name) ?? [];
			const text = index < most ? await readPlainFile(path, largest) : undefined;
			try {
				if (text !== undefined) hooks.push({ event: HookEvent.parse(JSON.parse(text)), pids: [Number(parent), Number(grandparent)], writtenAt: at });
			} catch {
				// not a hook
			}
			await unlink(path).catch(() => undefined);
		}
		return hooks;
	},
});
export type Spool = ReturnType<typeof createSpool>;
