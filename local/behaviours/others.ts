/** F. Schedules, the JWT authorizer, CloudFront, the user pool. */
import { type Behaviour, documented, fault, rule } from './behaviour.ts';

const jwt = documented('apigateway/latest/developerguide/http-api-jwt-authorizer.html');
const webSockets = documented('AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html');

export const others: readonly Behaviour[] = [
	rule(
		'F1a',
		'a one-time schedule fires anywhere in its minute, at least once',
		documented('scheduler/latest/UserGuide/schedule-types.html'),
		'the template has no Scheduler: it uses EventBridge rules with rate(), and a type without a stand-in is refused by name',
	),
	rule('F1b', 'the JWT authorizer: RS256, iss, aud or client_id, exp, nbf, iat, scopes', jwt),
	rule('F1c', 'it waits 1.5 s for keys', documented('apigateway/latest/developerguide/limits.html')),
	rule('F2a', 'CloudFront closes what an origin has not answered for 10 minutes', webSockets),
	rule('F2b', 'the headers of a WebSocket go to the origin when the policy says so', webSockets),
	fault('F3a', 'keys do not come in time', jwt),
	fault('F3b', 'the user pool answers a refresh with 429', documented('cognito/latest/developerguide/quotas.html')),
];
