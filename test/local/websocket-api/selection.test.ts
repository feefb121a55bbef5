import { describe, expect, it } from 'vitest';
import { createSelection } from '../../../local/websocket-api/selection.ts';

describe('a route selection expression', () => {
	it.each([
		['$request.body.action', '{"action":"hello"}', 'hello'],
		['$request.body.action', '{"action":1}', '1'],
		['$request.body.action', '{"action":true}', 'true'],
		['$request.body.action', '{"action":{"a":1}}', '{"a":1}'],
		['$request.body.action', '{"other":1}', ''],
		['$request.body.action', '{"action":null}', ''],
		['$request.body.constructor', '{}', ''],
		['$request.body.a.b', '{"a":{"b":"deep"}}', 'deep'],
		['$request.body.action', 'plain', undefined],
		['$request.body.action', '{broken', undefined],
	])('[aws-A10a] [aws-A10b] %s of %s is %s', (expression, text, wanted) => expect(createSelection(expression)(text)).toBe(wanted));

	const both = ['a', 'b'].map((name) => `\${request.body.${name}}`).join('/');
	it.each([
		['action', 'anything', 'action'],
		['\\$default', '{"a":1}', '$default'],
		[both, '{"a":"x","b":2}', 'x/2'],
		[both, '{"b":2}', '/2'],
		[both.split('/')[0] ?? '', '{"a":"x"}', 'x'],
	])('[aws-A10d] %s of %s is %s', (expression, text, wanted) => expect(createSelection(expression)(text)).toBe(wanted));

	it.each(['', '$request.header.x', '${request.body.a', '$context.routeKey', '$request.body.a[0]'])('%j is refused by name', (expression) =>
		expect(() => createSelection(expression)).toThrow(`the route selection expression ${expression} is not known`),
	);
});
