/** What the agent's exit code tells the entrypoint (rootfs/opt/shellpod/bin/entrypoint). */
export const exitCodes = {
	/** it was told to end */
	ended: 0,
	/** it can't work at all: a setting is missing; it is started again, slowly */
	broken: 1,
	/** the control plane doesn't want this task any more: not started again */
	unwanted: 64,
} as const;
