const hour = 3_600_000;

/** What the operator allows. */
export interface IdleLimits {
	/** ms that a session may run without its user being seen by the control plane itself, whatever its agent says */
	unattendedMs: number;
}

/** `unattendedHours`: as the operator says it */
export const idleLimitsOf = ({ unattendedHours }: { unattendedHours: number }): IdleLimits => ({ unattendedMs: unattendedHours * hour });
