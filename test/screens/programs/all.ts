import { editors } from './editors.ts';
import { monitors } from './monitors.ts';
import type { Program } from './program.ts';
import { shells } from './shells.ts';
import { tools } from './tool.ts';
import { windows } from './windows.ts';

/** A seed takes the one at its rest. */
export const programs: readonly Program[] = [...shells, ...editors, ...monitors, ...tools, ...windows];
