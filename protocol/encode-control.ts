/** Apart from the schemas of what it writes: functions that somebody waits for only send these messages, and load none of them. */
import type { ControlMessage } from './control.ts';

export const encodeControl = (message: ControlMessage): string => `c${JSON.stringify(message)}`;
