/** The look of the pages that the local stack serves itself (the gate, the sign-in), apart from the built front end. No script of another origin, no font, no image. */
import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --page: #f6f5f1; --card: #fff; --ink: #1c1d1b; --soft: #5b5a53; --line: #8d8a80; --accent: #0d6b4f; --on-accent: #fff; --wrong: #ad2018; }
@media (prefers-color-scheme: dark) { :root { --page: #121514; --card: #1a1e1c; --ink: #ecede8; --soft: #a3a9a3; --line: #7c857f; --accent: #63d6a8; --on-accent: #05251a; --wrong: #ff9b90; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 400px; padding: 32px; background: var(--card); border-radius: 16px; box-shadow: 0 1px 2px rgb(0 0 0 / .08), 0 12px 32px rgb(0 0 0 / .10); }
.brand { display: flex; align-items: center; gap: 10px; margin: 0 0 24px; font-weight: 600; color: var(--soft); }
.brand code { padding: 2px 8px; border-radius: 6px; background: var(--accent); color: var(--on-accent); font: 600 14px/1.5 ui-monospace, monospace; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; }
p { margin: 0 0 20px; color: var(--soft); }
label { display: block; margin: 0 0 6px; font-weight: 600; }
input { width: 100%; min-height: 48px; padding: 10px 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--page); color: var(--ink); font: inherit; }
button { width: 100%; min-height: 48px; margin-top: 16px; border: 0; border-radius: 10px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wrong { color: var(--wrong); font-weight: 600; }
.hint { margin: 8px 0 0; font-size: 14px; }
.note { margin: 24px 0 0; padding-top: 16px; border-top: 1px solid color-mix(in srgb, var(--line) 40%, transparent); font-size: 14px; }
.busy form { visibility: hidden; }
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const escapeHtml = (text: string): string =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');

export interface OwnPage {
	/** plain text; heading and title of the page */
	title: string;
	/** HTML below the heading; whoever makes it escapes what it holds */
	body: string;
	/** the only script that may run on the page */
	script?: string;
}

export interface RenderedPage {
	headers: Record<string, string>;
	body: string;
}

/** A whole page and the headers that go with it. Nothing on it may be framed, cached or sent elsewhere. */
export const renderPage = ({ title, body, script }: OwnPage): RenderedPage => ({
	headers: {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		'content-security-policy': [
			"default-src 'none'",
			`style-src ${hashOf(style)}`,
			'img-src data:',
			...(script ? [`script-src ${hashOf(script)}`, "connect-src 'self'"] : []),
			"form-action 'self'",
			"base-uri 'none'",
			"frame-ancestors 'none'",
		].join('; '),
		'cross-origin-opener-policy': 'same-origin',
		// Not no-referrer: under it a browser gives the Origin of our own forms as null.
		'referrer-policy': 'same-origin',
		'x-content-type-options': 'nosniff',
	},
	body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ShellPod</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<p class="brand"><code aria-hidden="true">&gt;_</code> ShellPod</p>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
${script ? `<script>${script}</script>\n` : ''}</body>
</html>
`,
});
