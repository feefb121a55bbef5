import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

export default defineConfig({
	plugins: [solid()],
	build: {
		target: 'es2022',
		// The content security policy allows this origin only: nothing is inlined as data: or into index.html.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		// xterm.js and its WebGL renderer are one lazy chunk of this size, loaded by the terminal page only.
		chunkSizeWarningLimit: 800,
	},
});
