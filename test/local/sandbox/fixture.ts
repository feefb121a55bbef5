/** A sandbox in a folder of its own, with an image whose command is a shell script of the test. */
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, ContainerEnd } from '../../../local/sandbox/container.ts';
import { type ContainerOptions, createSandbox, type Sandbox } from '../../../local/sandbox/sandbox.ts';

export const uid = 100_123;

export interface Fixture {
	state: string;
	home: string;
	sandbox: Sandbox;
	/** the same folder, as a new start of the stack sees it */
	again(): Sandbox;
	options(script: string): ContainerOptions;
	start(script: string, options?: Partial<ContainerOptions>): Container;
	/** runs it to its end */
	run(script: string, options?: Partial<ContainerOptions>): Promise<ContainerEnd>;
	remove(): void;
}

const dockerfile = `
FROM debian:bookworm-slim AS build
RUN make everything
FROM public.ecr.aws/docker/library/node:24-bookworm-slim
RUN apt-get update && apt-get install -y tmux
COPY rootfs/ /
COPY --from=build /usr/local/bin/node /opt/fixture/bin/node
COPY --from=build /build/node_modules /opt/fixture/node_modules
ENV GREETING="hello world" PATH=/opt/fixture/bin:$PATH
WORKDIR /opt/fixture
CMD ["/usr/local/bin/greet"]
`;

export const createFixture = (): Fixture => {
	const state = mkdtempSync(join(tmpdir(), 'sandbox-'));
	const context = join(state, 'context');
	mkdirSync(join(context, 'rootfs/usr/local/bin'), { recursive: true });
	writeFileSync(join(context, 'Dockerfile'), dockerfile);
	writeFileSync(join(context, 'rootfs/usr/local/bin/greet'), '#!/bin/sh\necho "$GREETING from $(pwd)"\n', { mode: 0o755 });
	writeFileSync(join(state, 'secret'), 'of the state folder');
	const home = join(state, 'home');
	mkdirSync(home);
	chownSync(home, uid, uid);
	chmodSync(home, 0o700);
	const open = (): Sandbox => createSandbox({ folder: join(state, 'containers'), hidden: [state] });
	const sandbox = open();
	const started: Container[] = [];
	let count = 0;
	const optionsOf = (script: string): ContainerOptions => ({
		id: `c${++count}`,
		hostname: 'fixture',
		source: { directory: context },
		environment: {},
		init: false,
		binds: [{ source: home, target: '/home/dev', readOnly: false }],
		...(script === '' ? {} : { command: ['/bin/bash', '-c', script] }),
	});
	const start: Fixture['start'] = (script, options = {}) => {
		const container = sandbox.start({ ...optionsOf(script), ...options });
		started.push(container);
		return container;
	};
	return {
		state,
		home,
		sandbox,
		again: open,
		options: optionsOf,
		start,
		run: (script, options) => start(script, options).ended,
		remove: () => {
			for (const container of started) {
				container.signal('SIGKILL');
				container.release();
			}
			rmSync(state, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
		},
	};
};

/** pids of the host whose command line holds the text */
export const processesWith = (text: string): number[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
		.filter((name) => {
			try {
				return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
			} catch {
				return false;
			}
		})
		.map(Number);
