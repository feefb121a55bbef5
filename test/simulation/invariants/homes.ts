/** S12 and S14: what is in a Home is its session's, is there at the next start, and goes only with a session that is deleted. */
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface HomeWatch {
	/** A session's task has mounted it; reads what is there, and writes. */
	mounted(accessPoint: string, session: string): void;
	/** A task of this session is about to end gracefully; what it writes now is on the disk. */
	saved(accessPoint: string, session: string): void;
	/** All that is in it is gone. */
	emptied(accessPoint: string, session: string): void;
	/** Nobody can mount it any more. */
	removed(accessPoint: string): void;
}

interface Files {
	session: string;
	/** how often something was written and synced */
	synced: number;
}

export const createHomeWatch = (kernel: Kernel, recordOf: (session: string) => SessionRecord | undefined): HomeWatch => {
	const homes = new Map<string, Files>();
	/** by session: what was synced, wherever */
	const promised = new Map<string, number>();

	const write = (files: Files): void => {
		files.synced += 1;
		promised.set(files.session, files.synced);
	};
	const wantDeleted = (session: string, what: string): void => {
		const state = recordOf(session)?.desired.state;
		if (state !== undefined && state !== 'deleted') kernel.violated('S12', `${session} is ${state}, and ${what}`);
	};

	return {
		mounted: (accessPoint, session) => {
			const files = homes.get(accessPoint) ?? { session, synced: 0 };
			if (files.session !== session) kernel.violated('S14', `a task of ${session} finds the files of ${files.session}`);
			const due = promised.get(session) ?? 0;
			if (files.synced < due) kernel.violated('S14', `a task of ${session} finds ${files.synced} of ${due} files that were on the disk`);
			homes.set(accessPoint, files);
			write(files);
		},
		saved: (accessPoint, session) => {
			const files = homes.get(accessPoint);
			if (files?.session === session) write(files);
		},
		emptied: (accessPoint, session) => {
			wantDeleted(session, 'its home is emptied');
			homes.delete(accessPoint);
		},
		removed: (accessPoint) => {
			const files = homes.get(accessPoint);
			if (files) wantDeleted(files.session, 'its access point is removed');
		},
	};
};
