/** The HTTP API: mounts the routes, and answers everything that goes wrong as problem details. */
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import { api } from '@shellpod/protocol/limits.ts';
import { Hono } from 'hono/tiny';
import type { SignedIn } from '../core/sign-in.ts';
import type { Log } from '../ports.ts';
import { problemResponse } from './problems.ts';
import type { Person, Route } from './route.ts';

/** What the gateway says of a request beside the request. */
export interface Gateway {
	person: Person | undefined;
	requestId: string;
	/** bytes of its body */
	bodyBytes: number;
}

export interface App {
	/** Answers a request; never throws. */
	fetch(request: Request, gateway: Gateway): Promise<Response>;
}

const logged = (error: unknown): boolean => !(error instanceof ShellPodError) || error.code === 'internal';

/** `stillWanted` throws for a person whose token is good, but not wanted any more. */
export const createApp = (routes: readonly Route[], stillWanted: (one: SignedIn) => Promise<void>, log: Log): App => {
	const app = new Hono<{ Bindings: Gateway }>();
	for (const route of routes) {
		app.on(route.method, route.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
			const { person, requestId, bodyBytes } = c.env;
			if (bodyBytes > api.maxBodyBytes) throw new ShellPodError('too_large', `The body may have ${api.maxBodyBytes} bytes.`);
			if (!route.open) {
				if (!person) throw new ShellPodError('unauthenticated', 'Sign in first.');
				await stillWanted({ user: person.id, signIn: person.signIn });
			}
			return route.answer({ request: c.req.raw, url: new URL(c.req.url), params: c.req.param(), person, requestId });
		});
	}
	app.notFound((c) => problemResponse(new ShellPodError('not_found', 'There is nothing at this address.'), c.env.requestId));
	app.onError((error, c) => {
		// The route's own path: what a caller wrote into theirs is nobody's to keep.
		if (logged(error)) log.error('request_failed', error, { requestId: c.env.requestId, method: c.req.method, route: c.req.routePath });
		return problemResponse(error, c.env.requestId);
	});
	return {
		async fetch(request, gateway) {
			const response = await app.fetch(request, gateway);
			// Answers are one person's, and of this moment.
			if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
			return response;
		},
	};
};
