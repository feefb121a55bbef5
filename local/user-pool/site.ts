/** The addresses below the domain: where browsers sign in and out, and where the control plane asks for tokens. */
import { cookieValues } from '../gate/cookies.ts';
import type { AwsResponse, OpenHandler, OpenRequest } from '../stand-in.ts';
import { createForms } from './forms.ts';
import { refusedPage, signInPage } from './pages.ts';
import type { Pool } from './pool.ts';
import type { Authorized } from './sign-in.ts';

export interface SiteOptions {
	/** address of the domain, e.g. `http://localhost:8080/_sign-in/shellpod-1` */
	base: string;
	pool: Pool;
	now(): number;
	secret(): string;
}

/** s: the browser's cookies; documented for the sign-in, ours for the form */
const browserAge = 3600;
const formAge = 1800;

const refusals = {
	name: 'A user name is 1 to 32 small letters, digits and dashes.',
	disabled: 'This user is disabled. Whoever runs this ShellPod can say why.',
};

const json = (status: number, value: unknown): AwsResponse => ({
	status,
	headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' },
	body: JSON.stringify(value),
});
const redirect = (to: string, cookie?: string): AwsResponse => ({
	status: 302,
	headers: { location: to, 'cache-control': 'no-store', ...(cookie === undefined ? {} : { 'set-cookie': cookie }) },
});
const refused = (why: string): AwsResponse => ({ status: 400, ...refusedPage(why) });
/** Query of a page that comes after the one it was sent to: what made that page ask must not make it ask again. */
const asked = (query: URLSearchParams): string => {
	const rest = new URLSearchParams(query);
	rest.delete('prompt');
	return rest.toString();
};

export const createSignInSite = ({ base, pool, now, secret }: SiteOptions): OpenHandler => {
	const { pathname: path, port } = new URL(base);
	const forms = createForms({ now, secret });
	// A host's cookies go to all of its ports: with the port in their names two stacks on one machine keep apart.
	const browserCookie = `shellpod-sign-in-${port}`;
	const formCookie = `shellpod-sign-in-form-${port}`;
	const cookieOf = (request: OpenRequest, name: string): string | undefined => cookieValues(request.headers.cookie, name)[0];
	const setCookie = (name: string, value: string, age: number, sameSite: 'Lax' | 'Strict'): string =>
		`${name}=${value}; Path=${path}; Max-Age=${age}; HttpOnly; SameSite=${sameSite}`;

	const showForm = (request: OpenRequest, status = 200, again: { name?: string; wrong?: string } = {}): AwsResponse => {
		const browser = cookieOf(request, formCookie) ?? secret();
		const page = signInPage({ action: `${path}/login?${request.query}`, form: forms.issue(browser), ...again });
		return { status, headers: { ...page.headers, 'set-cookie': setCookie(formCookie, browser, formAge, 'Strict') }, body: page.body };
	};

	const follow = (answer: Authorized, query: URLSearchParams, cookie?: string): AwsResponse => {
		if (answer.kind === 'refused') return refused(answer.why);
		return redirect(answer.kind === 'go' ? answer.to : `${base}/login?${asked(query)}`, cookie);
	};

	const takeForm = (request: OpenRequest): AwsResponse => {
		const form = new URLSearchParams(request.body.toString('utf8'));
		const name = (form.get('username') ?? '').trim();
		if (!forms.use(form.get('form') ?? '', cookieOf(request, formCookie)))
			return showForm(request, 400, { name, wrong: 'This page was too old. Please continue once more.' });
		const signedIn = pool.signIn(name);
		if ('refused' in signedIn) return showForm(request, 400, { name, wrong: refusals[signedIn.refused] });
		return redirect(`${base}/oauth2/authorize?${asked(request.query)}`, setCookie(browserCookie, signedIn.cookie, browserAge, 'Lax'));
	};

	const takesForms = (request: OpenRequest): boolean => (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

	const routes: Record<string, (request: OpenRequest) => AwsResponse> = {
		'GET /oauth2/authorize': (request) => follow(pool.authorize(request.query, cookieOf(request, browserCookie)), request.query),
		'GET /login': (request) => {
			// Whoever can't be sent on after signing in is told before.
			const answer = pool.authorize(request.query, undefined);
			return answer.kind === 'ask' ? showForm(request) : follow(answer, request.query);
		},
		'POST /login': takeForm,
		'GET /logout': (request) =>
			follow(pool.signOut(request.query, cookieOf(request, browserCookie)), request.query, setCookie(browserCookie, '', 0, 'Lax')),
		'POST /oauth2/token': (request) => {
			if (!takesForms(request)) return json(400, { error: 'invalid_request' });
			const answer = pool.token(new URLSearchParams(request.body.toString('utf8')));
			return json('error' in answer ? 400 : 200, answer);
		},
		'POST /oauth2/revoke': (request) => {
			const error = takesForms(request) ? pool.revoke(new URLSearchParams(request.body.toString('utf8'))) : 'invalid_request';
			return error ? json(error === 'invalid_client' ? 401 : 400, { error }) : { status: 200, headers: { 'cache-control': 'no-store' }, body: '' };
		},
	};

	return async (request) => {
		const route = routes[`${request.method} ${request.path}`];
		if (route) return route(request);
		const known = Object.keys(routes).some((one) => one.endsWith(` ${request.path}`));
		return known ? json(405, { message: 'method not allowed' }) : json(404, { message: `the sign-in's stand-in has no ${request.path}` });
	};
};
