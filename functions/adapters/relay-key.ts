/** The relay's key ring in the table, by two plain requests: the relay's bundle has no SDK. */
import { keys } from '../core/keys.ts';
import type { KeyRing, KeyStore } from '../relay-ports.ts';
import type { SignedAnswer, SignedFetch } from '../signed-fetch.ts';

interface Item {
	current: { S: string };
	keys: { M: Record<string, { S: string }> };
}

const key = { pk: { S: keys.relayKey.pk }, sk: { S: keys.relayKey.sk } };

const toItem = (ring: KeyRing): Item => ({
	current: { S: ring.current },
	keys: { M: Object.fromEntries(Object.entries(ring.keys).map(([kid, secret]) => [kid, { S: secret }])) },
});

const fromItem = (item: Item): KeyRing => ({
	current: item.current.S,
	keys: Object.fromEntries(Object.entries(item.keys.M).map(([kid, secret]) => [kid, secret.S])),
});

/** `endpoint`: DynamoDB's, with or without a path. `fetch` signs for `dynamodb`. Throws when the table doesn't answer. */
export const createKeyStore = (deps: { endpoint: string; table: string; fetch: SignedFetch }): KeyStore => {
	const ask = (operation: string, input: object): Promise<SignedAnswer | undefined> =>
		deps.fetch(`${deps.endpoint.replace(/\/$/, '')}/`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
			body: JSON.stringify({ TableName: deps.table, ...input }),
		});

	const failed = (operation: string, answer: SignedAnswer | undefined) =>
		new Error(`${operation} of the relay's key: ${answer ? `${answer.status} ${answer.text.slice(0, 200)}` : 'no answer'}`);

	return {
		read: async () => {
			const answer = await ask('GetItem', { Key: key, ConsistentRead: true });
			if (answer?.status !== 200) throw failed('GetItem', answer);
			const { Item: item } = JSON.parse(answer.text) as { Item?: Item };
			return item && fromItem(item);
		},

		make: async (ring) => {
			const answer = await ask('PutItem', { Item: { ...key, ...toItem(ring) }, ConditionExpression: 'attribute_not_exists(pk)' });
			if (answer?.status === 200) return true;
			if (answer?.status === 400 && answer.text.includes('ConditionalCheckFailedException')) return false;
			throw failed('PutItem', answer);
		},
	};
};
