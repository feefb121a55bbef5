import { checkTag, mintTag, parseTag, type TagVerdict } from '@shellpod/functions/core/tags.ts';
import type { KeyRing } from '@shellpod/functions/relay-ports.ts';
import { connectionId, patterns, senderId, sessionId } from '@shellpod/protocol/ids.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';

const ring: KeyRing = { current: 'b', keys: { a: Buffer.alloc(32, 1).toString('base64url'), b: Buffer.alloc(32, 2).toString('base64url') } };
const now = new Date('2026-11-22T08:00:00Z');
const end = now.getTime() + 600_000;

const connections = fc.stringMatching(/^[A-Za-z0-9_-]{6,20}={0,2}$/).map(connectionId);
const senders = fc.stringMatching(patterns.sender).map(senderId);
const callers = fc.record({
	role: fc.constantFrom('viewer' as const, 'agent' as const),
	sender: senders,
	session: fc.stringMatching(patterns.session).map(sessionId),
	generation: fc.integer({ min: 1, max: 1000 }),
});
const scenes = fc.record({ from: connections, caller: callers, peer: fc.record({ connection: connections, sender: senders }) });
type Scene = typeof scenes extends fc.Arbitrary<infer S> ? S : never;

const mint = ({ from, caller, peer }: Scene) => mintTag(ring, from, caller, peer, end);

const verdict = (tag: string, { from, caller }: Pick<Scene, 'from' | 'caller'>, at = now): TagVerdict | 'malformed' => {
	const parsed = parseTag(tag);
	return parsed ? checkTag(ring, from, caller, parsed, at) : 'malformed';
};

describe('a tag', () => {
	test('is good for its own sender until its end', () => {
		holds([scenes], (scene) => {
			const tag = mint(scene);
			expect(verdict(tag, scene)).toBe('good');
			expect(parseTag(tag)?.peer).toEqual(scene.peer);
			expect(verdict(tag, scene, new Date(end - 1))).toBe('good');
			expect(verdict(tag, scene, new Date(end))).toBe('ended');
		});
	});

	test('fits what a peer may carry', () => {
		holds([scenes], (scene) => expect(mint(scene).length).toBeLessThan(200));
	});

	test('[S7] is worth nothing for anybody else: another connection, role, name, session or generation', () => {
		holds(
			[scenes, scenes],
			(scene, other) => {
				const tag = mint(scene);
				const strangers: Pick<Scene, 'from' | 'caller'>[] = [
					{ ...scene, from: other.from },
					...(['role', 'sender', 'session', 'generation'] as const).map((field) => ({
						...scene,
						caller: { ...scene.caller, [field]: other.caller[field] },
					})),
				];
				for (const stranger of strangers) {
					const same = stranger.from === scene.from && JSON.stringify(stranger.caller) === JSON.stringify(scene.caller);
					expect(verdict(tag, stranger)).toBe(same ? 'good' : 'forged');
				}
			},
			200,
		);
	});

	test('[S7] can not be turned to another peer, another end or another key', () => {
		holds([scenes, scenes, fc.nat(1_000_000)], (scene, other, more) => {
			const [kid, end36, sender, connection, mac] = mint(scene).split('.') as [string, string, string, string, string];
			const later = (Number.parseInt(end36, 36) + more + 1).toString(36);
			expect(verdict([kid, later, sender, connection, mac].join('.'), scene)).toBe('forged');
			expect(verdict(['a', end36, sender, connection, mac].join('.'), scene)).toBe('forged');
			expect(verdict(['c', end36, sender, connection, mac].join('.'), scene)).toBe('unknown');
			if (other.peer.connection !== connection) expect(verdict([kid, end36, sender, other.peer.connection, mac].join('.'), scene)).toBe('forged');
			if (other.peer.sender !== sender) expect(verdict([kid, end36, other.peer.sender, connection, mac].join('.'), scene)).toBe('forged');
		});
	});

	test('[S7] can not be changed in any character', () => {
		holds(
			[scenes, fc.nat(), fc.constantFrom(...'abcXYZ019-_=.+/ |')],
			(scene, at, instead) => {
				const tag = mint(scene);
				const index = at % tag.length;
				if (tag[index] === instead) return;
				const changed = tag.slice(0, index) + instead + tag.slice(index + 1);
				expect(verdict(changed, scene)).not.toBe('good');
			},
			500,
		);
	});

	test('[S7] can not be guessed', () => {
		holds(
			[scenes, fc.stringMatching(/^[A-Za-z0-9_-]{22}$/)],
			(scene, guess) => expect(verdict([...mint(scene).split('.').slice(0, 4), guess].join('.'), scene)).toBe('forged'),
			300,
		);
	});

	test('hostile text is refused, not crashed on', () => {
		holds([fc.string({ unit: 'binary' }), scenes], (text, scene) => expect(verdict(text, scene)).toBe('malformed'), 300);
		for (const kid of ['__proto__', 'toString', 'keys'])
			expect(
				verdict(`${kid}.abc.abcd.c=.${'A'.repeat(22)}`, {
					from: connectionId('c='),
					caller: { role: 'agent', sender: senderId('abcd'), session: sessionId('abcdefgh2345'), generation: 1 },
				}),
			).not.toBe('good');
	});

	test('that an older key has signed is good as long as the ring knows the key', () => {
		holds([scenes], (scene) => {
			const older = mintTag({ ...ring, current: 'a' }, scene.from, scene.caller, scene.peer, end);
			expect(verdict(older, scene)).toBe('good');
		});
	});
});
