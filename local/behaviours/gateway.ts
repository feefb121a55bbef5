/** A. The data plane of WebSocket APIs, and what HTTP APIs share with it. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const guide = 'apigateway/latest/developerguide';
const limits = documented(`${guide}/apigateway-execution-service-websocket-limits-table.html`);
const connectRoutes = documented(`${guide}/apigateway-websocket-api-route-keys-connect-disconnect.html`);
const authorizers = documented(`${guide}/apigateway-websocket-api-lambda-auth.html`);
const mapping = documented(`${guide}/apigateway-websocket-api-mapping-template-reference.html`);
const subprotocol = documented(`${guide}/websocket-connect-route-subprotocol.html`);
const routes = documented(`${guide}/websocket-api-develop-routes.html`);
const routeResponses = documented(`${guide}/apigateway-websocket-api-route-response.html`);
const connections = documented(`${guide}/apigateway-how-to-call-websocket-api-connections.html`);
const management = documented('https://github.com/boto/botocore/tree/1.43.107/botocore/data/apigatewaymanagementapi');
const quotas = documented(`${guide}/limits.html`);
const protect = documented(`${guide}/websocket-api-protect.html`);
const prices = documented('https://aws.amazon.com/api-gateway/pricing/');
const reported = assumed('reported by many, not in the documentation');

export const gateway: readonly Behaviour[] = [
	rule('A1a', 'a frame of 32,768 bytes passes, one byte more closes with 1009', limits),
	rule('A1b', 'a message of 131,072 bytes passes in frames of at most 32 KB, one byte more closes with 1009', limits),
	rule(
		'A2',
		'a binary frame closes with 1003; no function hears of it but that of $disconnect',
		documented(`${guide}/websocket-api-develop-binary-media-types.html`),
	),
	rule('A3a', '10 minutes without a message in either direction close with 1001', limits),
	rule('A3b', 'protocol pings are no messages', assumed('practitioners report it, AWS is silent; the other way would be kinder')),
	rule('A4', '2 hours close with 1001, whatever goes on', limits),
	rule('A5a', 'the upgrade waits until the function of $connect has answered', connectRoutes),
	rule('A5b', 'another status than 2xx of $connect is what the client sees', subprotocol),
	rule(
		'A5c',
		'a function of $connect that crashes, or says no status, refuses with 502 or 500',
		assumed('that it refuses is documented, the status is not'),
	),
	rule('A5d', 'a $connect without an integration is accepted', connectRoutes),
	rule('A6', 'while $connect runs, its connection can not be posted to: 410', documented('https://repost.aws/knowledge-center/410-gone-api-gateway')),
	rule('A7a', 'without an identity source the upgrade is 401, and the authorizer is not asked', authorizers),
	rule('A7b', 'a Deny of the authorizer is 403, and $connect is not run', authorizers),
	rule('A7c', 'an authorizer that throws Unauthorized is 401; any other error refuses', authorizers),
	rule('A7d', 'an answer of the authorizer over 8 KB refuses', documented(`${guide}/apigateway-execution-service-websocket-limits-table.html`)),
	rule('A7e', 'the policy must cover the ARN of $connect', authorizers),
	rule('A8a', 'the context of the authorizer is text, on every later event, that of $disconnect too', mapping),
	rule('A8b', 'the authorizer is asked once per connection, however long that lives', authorizers),
	rule('A9a', 'a subprotocol is answered only when $connect returns one', subprotocol),
	rule('A9b', 'a client that offered subprotocols and got none fails', documented('https://www.rfc-editor.org/rfc/rfc6455#section-4.1')),
	rule('A10a', 'the route is the one whose key is exactly what the expression finds in the JSON, as text', routes),
	rule('A10b', 'what is no JSON, has no such field, fits no route or names one with a $ goes to $default', routes),
	rule('A10c', 'where there is no $default, the client gets an error frame', routes),
	rule('A10d', 'an expression may be fixed, or have several fields, of which a missing one is empty', routes),
	rule('A11a', 'what a function answers is dropped when its route has no response', routeResponses),
	rule('A11b', 'with the route response $default, its body goes to the client', routeResponses),
	rule('A12a', 'a function that fails gives the frame "Internal server error" with both ids', reported),
	rule('A12b', 'one that takes longer than 29 s gives "Endpoint request timed out"; what it says later is dropped', reported),
	rule('A12c', 'the connection stays open after either', reported),
	rule(
		'A13a',
		'a MOCK route is answered without a function, or silent when it has no route response',
		documented(`${guide}/apigateway-websocket-api-route-response.html`),
	),
	rule('A13b', 'a message to a MOCK route begins the idle time anew', assumed('it is a message')),
	rule('A14a', 'CONNECT: headers with the case of the client, query, requestContext without messageId', mapping),
	rule('A14b', 'MESSAGE: messageId, routeKey, connectedAt and identity; no headers', mapping),
	rule(
		'A14c',
		'DISCONNECT: disconnectStatusCode and disconnectReason, those of who closed first',
		documented('https://github.com/aws/aws-lambda-go/pull/547'),
	),
	rule('A15a', 'POST: 200; 410, 413, 429 and 403 are the exceptions of an unmodified SDK', management),
	rule('A15b', 'GET tells when it was connected, who it is, and when it was last active', management),
	rule('A15c', 'DELETE: 204, closes with 1000 "Connection Closed Normally"', management),
	rule('A15d', 'the id is escaped in the path, which begins with the stage: without it 403', connections),
	rule('A15e', 'who has not signed is refused with 403', documented(`${guide}/apigateway-websocket-control-access-iam.html`)),
	rule('A16', 'connection ids end in =, are never used twice', assumed('what is seen; AWS says nothing')),
	rule('A17a', 'one bucket of 5,000, filled by 10,000 a second, for messages, HTTP requests and @connections', quotas),
	rule('A17b', '500 new connections a second; more are refused with 429', limits),
	rule('A17c', 'a message over the throttle gives an error frame, or closes with 1008', assumed('AWS names 1008 for it and does not say when')),
	rule('A18a', 'messages are metered in both directions in units of 32 KB', prices),
	rule('A18b', 'the time that connections are open is metered in minutes', prices),
	rule('A18c', 'requests of HTTP APIs are metered in units of 512 KB', prices),
	rule(
		'A18d',
		'invocations, and their time from 1 ms on by memory, the start of an environment included',
		documented('https://aws.amazon.com/lambda/pricing/'),
	),
	rule('A18e', 'read and write units of tables, as the table itself counts them', documented('https://aws.amazon.com/dynamodb/pricing/on-demand/')),
	rule('A18f', 'the meters say what a count of the gateway’s access log says', assumed('ours: AWS meters and logs apart')),
	rule('A18g', 'a cost line says what that would have cost', prices),
	fault(
		'A19',
		'messages reach their functions late and in another order; two of one connection run at once',
		documented('https://repost.aws/questions/QUa2N5ZwL4QjSFuJkuI4nGcg'),
	),
	fault('A20a', 'posts to one connection overtake each other', documented('https://repost.aws/questions/QUo2AXrcKYT0arTRwBNjzMdA')),
	fault('A20b', 'a post arrives twice', assumed('an SDK that lost the answer posts again')),
	fault('A21a', '$disconnect never comes', connectRoutes),
	fault('A21b', '$disconnect comes late, after the next $connect of the same client', connectRoutes),
	fault('A21c', '$disconnect comes twice', connectRoutes),
	fault('A22', 'a client that vanished is posted to with 200 for a while, then 410', reported),
	fault('A23', 'a post is answered with 200 and never arrives', reported),
	fault('A24a', 'posts are answered with 429 for a while', management),
	fault('A24b', 'a client that does not read: posts are 429 once its buffer is full', management),
	fault('A25a', 'connections are cut: without a word (1006), with 1011, with 1012', documented(`${guide}/apigateway-websocket-api-overview.html`)),
	fault('A25b', 'upgrades are answered with 429, 500 or 503', protect),
	fault(
		'A26',
		'a message is handled before what $connect wrote can be read',
		assumed('a stale read, reported'),
		'the upgrade waits for $connect, so only the read can be stale: the fault of C5, in the table',
	),
	fault('A27', 'a post takes as long as it is told to', assumed('how long it takes is not documented')),
];
