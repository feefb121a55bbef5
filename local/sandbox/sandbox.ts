/** Runs containers on this machine, each in a root of its own over the machine's system, and finds them again after a restart. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImageSource } from '../stand-in.ts';
import { makeBase } from './base.ts';
import { adoptContainer, type Bind, type Container, startContainer } from './container.ts';
import { readGrafts } from './grafts.ts';
import { type Built, buildImage, type Image } from './image.ts';

export interface SandboxOptions {
	/** absolute; holds images and containers */
	folder: string;
	/** absolute paths that no container may see, the state folder among them */
	hidden: readonly string[];
	/** node and node_modules of this checkout; default: this process's */
	built?: Built;
}

export interface ContainerOptions {
	id: string;
	hostname: string;
	source: ImageSource;
	/** over the image's own */
	environment: Readonly<Record<string, string>>;
	/** instead of the image's */
	entrypoint?: readonly string[] | undefined;
	command?: readonly string[] | undefined;
	workdir?: string | undefined;
	user?: string | undefined;
	/** an init as process 1, which passes signals on and buries orphans */
	init: boolean;
	/** in a network of its own, of which nothing leads out */
	apart?: boolean;
	binds: readonly Bind[];
}

export interface Sandbox {
	/** Takes the machine's system as it is now, for what is started from here on; otherwise the first start does. */
	prepare(): void;
	/** @throws when the image can't be made; the sentence says why */
	start(options: ContainerOptions): Container;
	/** undefined: nothing of it was ever started */
	adopt(id: string): Container | undefined;
	/** Removes what an ended container leaves, its changes to the system; out of sight at once, off the disk when it resolves. */
	discard(id: string): Promise<void>;
	/** Removes what an earlier process had no time for. */
	clean(): Promise<void>;
	/** ids of the containers whose folders are there */
	ids(): string[];
}

const initPath = '/sbin/docker-init';
const ownBuilt = (): Built => ({ node: process.execPath, node_modules: join(import.meta.dirname, '../../node_modules') });

/** The words that drop to a user: what `docker run --user` takes. */
const asUser = (user: string): string[] => {
	const [name = 'root', group] = user.split(':');
	if (name === 'root' || name === '0') return [];
	return ['/usr/bin/setpriv', `--reuid=${name}`, `--regid=${group ?? name}`, /^\d+$/.test(name) ? '--clear-groups' : '--init-groups'];
};

export const createSandbox = (options: SandboxOptions): Sandbox => {
	const base = join(options.folder, 'base');
	const containers = join(options.folder, 'containers');
	const leftovers = join(options.folder, 'leftovers');
	const images = new Map<string, Image>();
	let baseIsMade = false;
	let grafts: readonly string[] = [];
	const prepare = (): void => {
		if (baseIsMade) return;
		const isHidden = makeBase(base, options.hidden);
		grafts = readGrafts().filter((path) => !isHidden(path));
		baseIsMade = true;
	};

	const imageOf = (source: ImageSource): Image => {
		const key = JSON.stringify([source.directory, source.dockerFile, source.target]);
		const made =
			images.get(key) ??
			buildImage(join(options.folder, 'images', `${basename(source.directory)}-${images.size}`), source, options.built ?? ownBuilt());
		images.set(key, made);
		return made;
	};

	return {
		prepare,
		clean: async () => {
			await rm(leftovers, { recursive: true, force: true });
		},
		start: (wanted) => {
			prepare();
			const image = imageOf(wanted.source);
			const entrypoint = wanted.entrypoint ?? image.entrypoint;
			// an entry point of its own makes the image's command void, as Docker has it
			const command = [...entrypoint, ...(wanted.command ?? (wanted.entrypoint ? [] : image.command))];
			if (command.length === 0) throw new Error('neither the image nor the definition has a command');
			const environment = { HOSTNAME: wanted.hostname, HOME: '/root', ...image.environment, ...wanted.environment };
			return startContainer(join(containers, wanted.id), {
				hostname: wanted.hostname,
				workdir: wanted.workdir ?? image.workdir,
				base,
				image: image.folder,
				grafts,
				apart: wanted.apart ?? false,
				command: [
					'/usr/bin/env',
					'-i',
					...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
					...asUser(wanted.user ?? image.user),
					...(wanted.init ? [initPath] : []),
					...command,
				],
				binds: [
					...image.binds,
					...(wanted.init ? [{ source: join(import.meta.dirname, 'init.sh'), target: initPath, readOnly: true }] : []),
					...wanted.binds,
				],
			});
		},
		adopt: (id) => adoptContainer(join(containers, id)),
		discard: async (id) => {
			mkdirSync(leftovers, { recursive: true, mode: 0o700 });
			const leftover = join(leftovers, `${id}-${randomUUID()}`);
			try {
				renameSync(join(containers, id), leftover);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
				throw error;
			}
			// processes that were just killed may still be on their way out of it
			await rm(leftover, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
		},
		ids: () => {
			try {
				return readdirSync(containers);
			} catch {
				return [];
			}
		},
	};
};
