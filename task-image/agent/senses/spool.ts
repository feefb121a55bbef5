/** Hooks of Claude Code as files: written by `bin/claude-hook`, taken here in the order in which they were written. */
import { watch } from 'node:fs';
import { lstat, mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HookEvent } from './claude.ts';

export interface Hook {
	event: HookEvent;
	/** the processes that could have run it: the hook's parent and that one's */
	pids: readonly number[];
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
				// A link or a pipe might never end, and all senses with it.
				const seen = await lstat(path).catch(() => undefined);
				return { path, name, at: seen?.mtimeMs ?? 0, size: seen?.isFile() ? seen.size : Number.POSITIVE_INFINITY };
			}),
		);
		const hooks: Hook[] = [];
		for (const [index, { path, name, size }] of files.toSorted((a, b) => a.at - b.at).entries()) {
			const [, parent, grandparent] = named.exec(name) ?? [];
			try {
				if (index < most && size <= largest)
					hooks.push({ event: HookEvent.parse(JSON.parse(await readFile(path, 'utf8'))), pids: [Number(parent), Number(grandparent)] });
			} catch {
				// not a hook
			}
			await unlink(path).catch(() => undefined);
		}
		return hooks;
	},
});
export type Spool = ReturnType<typeof createSpool>;
