/** The route that describes all others. */
import { json, type Route } from './route.ts';

/** The routes with the one that describes them all, itself included. The document is made, and what makes it loaded, when it is first asked for. */
export const described = (routes: readonly Route[]): Route[] => {
	let document: Record<string, unknown> | undefined;
	const all: Route[] = [
		...routes,
		{
			method: 'GET',
			path: '/api/openapi.json',
			operation: 'getDescription',
			summary: 'This description',
			open: true,
			status: 200,
			answer: async () => {
				document ??= (await import('./openapi-document.ts')).documentOf(all);
				return json(200, document);
			},
		},
	];
	return all;
};
