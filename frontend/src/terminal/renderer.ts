/** WebGL where the graphics processor does it, else xterm.js's DOM renderer; a context that the system took away is rebuilt, and never leaves a black terminal. */
import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** Contexts are lost by sleep and background tabs; one that is lost this often is lost for good. */
const maxLosses = 3;
/** ms until a lost context is asked for again: the browser says no while it is still busy losing it */
const rebuildMs = 1_000;

/** Names under which the processor draws WebGL by itself. `failIfMajorPerformanceCaveat` should tell, and doesn't in Chromium 159. */
const software = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** WebGL by the processor is slower than the DOM: measured 31 against 16 ms from a key to its echo. */
const hasFastWebgl = (): boolean => {
	const context = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
	if (!context) return false;
	const unmasked = context.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
	const name: unknown = context.getParameter(unmasked ?? context.RENDERER);
	context.getExtension('WEBGL_lose_context')?.loseContext();
	return typeof name === 'string' && !software.test(name);
};

/** Some browsers tell a wrong device pixel size, and WebGL then draws nothing that one could see. */
const drawsWrongSize = (terminal: Terminal): boolean => {
	const wanted = terminal.dimensions?.device.canvas.width;
	const canvases = [...(terminal.element?.querySelectorAll<HTMLCanvasElement>('.xterm-screen > canvas') ?? [])];
	return wanted !== undefined && canvases.some((canvas) => Math.abs(canvas.width - wanted) > 8);
};

/** Call it after `terminal.open`. */
export const attachRenderer = (terminal: Terminal): { check(): void; dispose(): void } => {
	let addon: WebglAddon | undefined;
	let losses = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const fall = () => {
		addon?.dispose();
		addon = undefined;
	};
	const load = () => {
		try {
			const next = new WebglAddon();
			next.onContextLoss(() => {
				losses += 1;
				fall();
				if (losses < maxLosses) timer = setTimeout(load, rebuildMs);
			});
			terminal.loadAddon(next);
			addon = next;
		} catch {
			// No WebGL2 here: the DOM renderer is there already.
			fall();
		}
	};
	if (hasFastWebgl()) load();
	return {
		check: () => {
			if (addon && drawsWrongSize(terminal)) fall();
		},
		dispose: () => {
			clearTimeout(timer);
			fall();
		},
	};
};
