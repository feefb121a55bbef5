/** The tmux session that all terminals of a task show. */
export const sessionName = 'main';

/** Runs a program to its end; never throws. */
export type Run = (argv: readonly string[], environment: Readonly<Record<string, string>>, cwd: string) => Promise<{ code: number; output: string }>;

/**
 * What the agent asks of tmux. `command` is tmux with what picks its server, e.g. `['tmux', '-S', '/run/shellpod/tmux']`; the environment is
 * what the server, and so every shell, starts with.
 */
export const createTmux = (deps: { run: Run; command: readonly string[]; environment: Readonly<Record<string, string>>; home: string }) => {
	const run = (...args: string[]) => deps.run([...deps.command, ...args], deps.environment, deps.home);
	const make = ['new-session', '-s', sessionName, '-c', deps.home] as const;
	return {
		environment: deps.environment,
		home: deps.home,
		/** A client of the session; makes server and session where they are missing. */
		attach: [...deps.command, ...make, '-A'] as readonly string[],
		/** Makes the session ahead of its first viewer, so that its shell is ready when somebody comes; tmux's words when it can't. */
		async ensure(): Promise<string | undefined> {
			if (await this.alive()) return undefined;
			const { code, output } = await run(...make, '-d', '-x', '80', '-y', '24');
			return code === 0 ? undefined : output;
		},
		/** Whether the session is there. */
		alive: async (): Promise<boolean> => (await run('has-session', '-t', `=${sessionName}`)).code === 0,
		/** How many bytes tmux has skipped for a client since it attached, NaN when there is none by this name; `redraw`: has its screen drawn anew before. */
		async skipped(client: string, redraw: boolean): Promise<number> {
			const first = redraw ? ['refresh-client', '-t', client, ';'] : [];
			const { code, output } = await run(...first, 'display-message', '-p', '-c', client, '#{client_discarded}');
			return code === 0 && output !== '' ? Number(output) : Number.NaN;
		},
		/**
		 * Resolves when the server has been once around its loop: what any client's terminal held before, up to 4 KB, has been read then,
		 * since a terminal's input and a new client's request are served in the same turn.
		 */
		async turn(): Promise<void> {
			await run('display-message', '-p', '');
		},
	};
};
export type Tmux = ReturnType<typeof createTmux>;
